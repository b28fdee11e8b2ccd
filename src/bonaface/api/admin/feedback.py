"""Error rates as they were reported by feedback."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field

from bonaface.api.admin.auth import AdminDep
from bonaface.api.admin.moments import check_order
from bonaface.api.admin.problem import ROOT
from bonaface.api.admin.schemas import AdminAnswer
from bonaface.api.deps import ServicesDep
from bonaface.feedback.reported_errors import error_members, reported_errors
from bonaface.feedback.repository import OLDEST

router = APIRouter(prefix=f"{ROOT}/feedback")


class RateView(AdminAnswer):
    """A share and its interval of 95 % (Wilson); null where nothing was decided."""

    rate: float | None
    low: float | None
    high: float | None


class DecisionsView(AdminAnswer):
    """How many presentations were decided how."""

    accept: int
    review: int
    reject: int
    undecidable: int = Field(description="there was no decision; they are in no rate")


class BonaFideView(DecisionsView):
    """Of bona fide presentations."""

    bpcer: RateView = Field(description="share of those decided that were rejected")


class AttackKindView(DecisionsView):
    """Of attacks of one kind."""

    attack_kind: str
    apcer: RateView = Field(description="share of those decided that were accepted")


class ReportedErrorsView(AdminAnswer):
    """Of one application and one version of a policy, or of a preset where no policy decided."""

    app_key: str
    policy: str
    version: str
    bona_fide: BonaFideView
    attacks: list[AttackKindView] = Field(description="by kind")
    worst_kind: str | None = Field(description="the attack kind with the largest APCER")
    corrections: int = Field(description="how often a report took the place of another")


class FeedbackView(AdminAnswer):
    """Error rates as they were reported, on answers from a time to before another."""

    from_: datetime = Field(alias="from")
    to: datetime
    app_key: str | None
    items: list[ReportedErrorsView]


@router.get("", operation_id="readFeedback", summary="Read error rates as they were reported")
def read_feedback(
    _admin: AdminDep,
    services: ServicesDep,
    from_: Annotated[
        AwareDatetime | None,
        Query(alias="from", description="first moment of an answer that counts; a year ago if left out"),
    ] = None,
    to: Annotated[
        AwareDatetime | None, Query(description="first moment that does not; now if left out")
    ] = None,
    app_key: Annotated[
        str | None, Query(alias="appKey", max_length=64, description="all applications if left out")
    ] = None,
) -> FeedbackView:
    """By application, policy and version; they follow from what was reported and from nothing else."""
    ends = (to or datetime.now(UTC)).astimezone(UTC)
    begins = (from_ or ends - OLDEST).astimezone(UTC)
    check_order(begins, ends)
    whose = None if app_key is None else services.applications.get_application(app_key).id
    found = reported_errors(services.feedback.counts(begins, ends, whose))
    items = [ReportedErrorsView.model_validate(error_members(each)) for each in found]
    return FeedbackView(from_=begins, to=ends, app_key=app_key, items=items)
