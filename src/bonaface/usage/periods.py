"""Hours, days and months of UTC, each told by its first moment."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum


class Period(StrEnum):
    """What usage is summed over."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


def begin_of(period: Period, moment: datetime) -> datetime:
    """The first moment of the period in UTC that `moment`, which is aware, lies in."""
    begin = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if period is Period.HOUR:
        return begin
    return begin.replace(hour=0) if period is Period.DAY else begin.replace(hour=0, day=1)


def next_month(moment: datetime) -> datetime:
    """The first moment of the month in UTC after that of `moment`."""
    return begin_of(Period.MONTH, begin_of(Period.MONTH, moment) + timedelta(days=32))
