"""The time, as a function that a test may put another in place of."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the time: aware, in UTC."""


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)
