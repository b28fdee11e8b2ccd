"""The two moments between which a query asks."""

from datetime import datetime

from bonaface.errors import InvalidParameterError

BACKWARDS = "`from` must be before `to`."


def check_order(begin: datetime, end: datetime) -> None:
    """Raises InvalidParameterError unless `begin`, the first that counts, is before `end`, which does not."""
    if begin >= end:
        raise InvalidParameterError(BACKWARDS)
