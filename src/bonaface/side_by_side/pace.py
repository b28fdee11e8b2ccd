"""How fast a service is asked: so many requests a second at most, and none while it asks to wait."""

import time
from collections.abc import Callable


class Pace:
    """The first request goes at once; each later one, 1 / `rate` seconds behind the one before at the least.

    rate: requests a second, above 0. clock, sleep: as those of `time`.
    """

    def __init__(
        self,
        rate: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap = 1 / rate
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    def wait(self) -> None:
        """Return when the next request may go."""
        left = self._next - self._clock()
        if left > 0:
            self._sleep(left)
        self._next = max(self._next, self._clock()) + self._gap

    def hold(self, seconds: float) -> None:
        """Let none go for so many seconds from now."""
        self._next = max(self._next, self._clock() + seconds)
