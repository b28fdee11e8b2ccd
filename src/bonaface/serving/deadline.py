"""The moment after which nobody waits for an answer any more."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from bonaface.errors import Overload, OverloadedError

TOO_LATE = "The server could not answer in time; try again after the seconds that Retry-After names."
RETRY_AFTER = 1

Clock = Callable[[], float]
"""Seconds on a clock that never goes back."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point in time on `clock`, handed along with the work that it limits."""

    at: float
    clock: Clock = time.monotonic

    @classmethod
    def after(cls, seconds: float, clock: Clock = time.monotonic) -> Self:
        """The deadline `seconds` from now."""
        return cls(clock() + seconds, clock)

    def remaining(self) -> float:
        """Seconds left, never below 0."""
        return max(self.at - self.clock(), 0.0)

    @property
    def is_over(self) -> bool:
        """Whether no time is left."""
        return self.remaining() == 0.0

    def check(self) -> None:
        """Raises OverloadedError when no time is left."""
        if self.is_over:
            raise too_late()


def too_late() -> OverloadedError:
    """The error of an answer that would come after its deadline."""
    return OverloadedError(TOO_LATE, RETRY_AFTER, Overload.DEADLINE)
