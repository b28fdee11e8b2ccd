"""When a secret or a token ends by itself."""

from datetime import UTC, datetime

from bonaface.errors import InvalidParameterError


def checked_expiry(expires_at: datetime | None, now: datetime) -> datetime | None:
    """`expires_at` in UTC; None is never.

    Raises InvalidParameterError unless it is aware, after `now`, and in a year that UTC can tell (to 9999).
    """
    if expires_at is None:
        return None
    if expires_at.tzinfo is None:
        raise InvalidParameterError("Give the expiry with its offset from UTC, as in 2030-01-31T00:00:00Z.")
    try:
        in_utc = expires_at.astimezone(UTC)
    except OverflowError:
        raise InvalidParameterError("Give an expiry before the year 10000.") from None
    if in_utc <= now:
        raise InvalidParameterError("Give an expiry in the future.")
    return in_utc


def has_expired(expires_at: datetime | None, now: datetime) -> bool:
    """Whether the end has come; at the very moment of `expires_at` it has."""
    return expires_at is not None and expires_at <= now
