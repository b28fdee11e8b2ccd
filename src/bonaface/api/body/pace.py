"""Whether a body comes fast enough: at so many bytes a second, over any span of so many seconds."""

import math
from collections import deque
from dataclasses import dataclass

SPAN = 10.0


@dataclass(frozen=True, slots=True)
class MinimumRate:
    """`rate` bytes a second over any `span` seconds; 0 is no limit."""

    rate: int
    span: float = SPAN


NO_MINIMUM = MinimumRate(0)


class Pace:
    """Follows a body from `begun` on. Times are seconds on one clock that never goes back.

    Arrivals are kept by tenths of the span, each as if it had come at its tenth's end: that is never too
    strict, and takes the memory of eleven of them whatever the pieces are.
    """

    def __init__(self, minimum: MinimumRate, begun: float) -> None:
        self._begun = begun
        self._span = minimum.span
        self._tenth = minimum.span / 10
        self._needed = minimum.rate * minimum.span
        self._total = 0
        self._marks = deque([(begun, 0)])

    @property
    def ends(self) -> float:
        """When the body will have been too slow for a whole span, if nothing more comes; else infinite."""
        return self._marks[0][0] + self._span if self._needed else math.inf

    def add(self, now: float, size: int) -> None:
        """`size` bytes have come."""
        if not self._needed:
            return
        self._total += size
        at = self._begun + math.ceil((now - self._begun) / self._tenth) * self._tenth
        if self._marks[-1][0] == at:
            self._marks.pop()
        self._marks.append((at, self._total))
        while self._marks[0][1] <= self._total - self._needed:
            self._marks.popleft()
