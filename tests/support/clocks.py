"""Clocks that a test moves."""

from datetime import datetime, timedelta


class Clock:
    """Called, it tells seconds."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


class Clocks:
    """The time of day and a monotonic clock, which move together: `passed` seconds since `begin`."""

    def __init__(self, begin: datetime) -> None:
        self.begin = begin
        self.passed = 0.0

    def now(self) -> datetime:
        return self.begin + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return 1000 + self.passed
