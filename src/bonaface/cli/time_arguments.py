"""Spans and moments of time as a person types them."""

import re
from datetime import UTC, datetime, timedelta

from bonaface.errors import InvalidParameterError

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN = re.compile(r"(\d{1,9})([smhdw])", re.ASCII)


def parse_span(text: str) -> timedelta:
    """`30s`, `15m`, `24h`, `90d` or `2w`. Raises InvalidParameterError for anything else."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise InvalidParameterError(f"{text!r} is not a span of time; write it as in 30s, 15m, 24h, 90d, 2w.")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def parse_moment(text: str, now: datetime) -> datetime:
    """A date, a date with a time (UTC where it names no zone), or a span from `now`.

    Raises InvalidParameterError for anything else.
    """
    if _SPAN.fullmatch(text.strip()):
        try:
            return now + parse_span(text)
        except OverflowError:
            raise InvalidParameterError("Give an expiry before the year 10000.") from None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidParameterError(
            f"{text!r} is not a time; write it as in 2030-01-31, 2030-01-31T12:00:00Z or 90d."
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
