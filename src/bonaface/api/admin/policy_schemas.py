"""Decision policies as models of the admin API's JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from bonaface.api.admin.schemas import AdminAnswer, AdminRequest, Note, documented
from bonaface.policies.decision_policy import MAX_NAME

Threshold = Annotated[float, Field(strict=True, json_schema_extra={"minimum": 0, "maximum": 1})]


class PolicyView(AdminAnswer):
    """A version of a decision policy: accept from `acceptFrom` on, reject below `rejectBelow`."""

    name: str
    version: int
    reject_below: float
    accept_from: float
    note: str
    created_at: datetime
    retired_at: datetime | None = Field(description="of the policy; null while it is in force")


class PolicyDetail(PolicyView):
    """The newest version, and whose it is."""

    is_default: bool = Field(description="it decides for applications that have none of their own")
    app_keys: list[str] = Field(description="of the applications that have it of their own")


class PolicyList(AdminAnswer):
    """The newest version of each policy, by name."""

    items: list[PolicyView]
    default: str | None = Field(description="decides for applications that have none of their own")


class PolicyVersions(AdminAnswer):
    """Versions of one policy, newest first; `next` is the `before` of the next page."""

    items: list[PolicyView]
    next: int | None


class PolicyNew(AdminRequest):
    """A new version: two thresholds on the liveness score."""

    reject_below: Threshold = Field(description="a lower score is rejected")
    accept_from: Threshold = Field(description="a score from here on is accepted")
    note: Note = ""


class PolicyChoice(AdminRequest):
    """Which policy decides; null is none."""

    policy: Annotated[str, documented("name of one in force", minLength=1, maxLength=MAX_NAME)] | None


class PolicyChosen(AdminAnswer):
    """Which policy decides; null is none."""

    policy: str | None
