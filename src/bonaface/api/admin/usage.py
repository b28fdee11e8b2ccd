"""Usage over time, of one application or of all callers together."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from bonaface.api.admin import present
from bonaface.api.admin.auth import AdminDep
from bonaface.api.admin.moments import check_order
from bonaface.api.admin.problem import ROOT
from bonaface.api.admin.schemas import CallersView, UsageView
from bonaface.api.deps import ServicesDep
from bonaface.api.services import Services
from bonaface.errors import InvalidParameterError
from bonaface.usage.periods import Period, begin_of

router = APIRouter(prefix=f"{ROOT}/usage")

SPANS = {Period.HOUR: timedelta(days=2), Period.DAY: timedelta(days=30), Period.MONTH: timedelta(days=366)}
"""What is shown when no `from` is given."""
LONGEST = {
    Period.HOUR: timedelta(days=92),
    Period.DAY: timedelta(days=366 * 5),
    Period.MONTH: timedelta(days=366 * 20),
}
"""What one answer holds at most."""
DAYS = 30
"""Whose callers are told when no `from` is given, today among them."""
TOO_LONG = "Ask for at most {days} days by {by} at once."


@router.get("", operation_id="readUsage", summary="Read usage by hour, day or month")
def read_usage(
    _admin: AdminDep,
    services: ServicesDep,
    by: Period = Period.DAY,
    from_: Annotated[
        AwareDatetime | None, Query(alias="from", description="first moment that counts")
    ] = None,
    to: Annotated[
        AwareDatetime | None, Query(description="first moment that does not; now if left out")
    ] = None,
    app_key: Annotated[
        str | None, Query(alias="appKey", max_length=64, description="all callers if left out")
    ] = None,
) -> UsageView:
    """By the hour as far back as `storage.retention_days`, by the day and month for ever. UTC."""
    begin, end = _span(by, from_, to)
    rows = services.usage.usage(by, begin, end, _application_id(services, app_key))
    return UsageView(
        by=by, from_=begin, to=end, app_key=app_key, rows=[present.usage_row(row) for row in rows]
    )


@router.get("/callers", operation_id="readCallers", summary="Read who asked most often")
def read_callers(
    _admin: AdminDep,
    services: ServicesDep,
    from_: Annotated[
        AwareDatetime | None, Query(alias="from", description="a moment of the first day that counts")
    ] = None,
    to: Annotated[
        AwareDatetime | None, Query(description="first moment that does not count; now if left out")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="callers")] = 5,
) -> CallersView:
    """In whole days (UTC): of the last 30 if `from` is left out."""
    end = to or datetime.now(UTC)
    begin, end = _span(Period.DAY, from_ or _first_of_days(end), end)
    found = services.usage.top_callers(begin, end, limit)
    return CallersView(from_=begin, to=end, items=[present.caller(each) for each in found])


def _first_of_days(end: datetime) -> datetime:
    """The first moment of the last days of which `end` is the first that does not count."""
    return begin_of(Period.DAY, end - timedelta(microseconds=1)) - timedelta(days=DAYS - 1)


def _span(by: Period, begin: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
    ends = (end or datetime.now(UTC)).astimezone(UTC)
    begins = (begin or ends - SPANS[by]).astimezone(UTC)
    check_order(begins, ends)
    if ends - begins > LONGEST[by]:
        raise InvalidParameterError(TOO_LONG.format(days=LONGEST[by].days, by=by))
    return begins, ends


def _application_id(services: Services, app_key: str | None) -> int | None:
    return None if app_key is None else services.applications.get_application(app_key).id
