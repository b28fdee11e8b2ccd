"""Moving windows of `limits` in the memory of one process, on a clock that is never set back.

The library's own measure with the time of day: when that is set back an hour, an application that had reached
its rate is refused for an hour.
"""

import threading
import time
from collections import deque
from collections.abc import Callable

from bonaface.quotas.moving_windows import MovingWindows

SWEPT = 2
"""Idle keys that one admission forgets at most: more than it can add."""


class MemoryStore(MovingWindows):
    """The times of each key's last admissions. `clock` gives seconds. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._admitted: dict[str, tuple[int, deque[float]]] = {}  # by age of the latest: window, times
        self._lock = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What `limits` wraps; memory does not fail."""
        return ValueError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Admit one, unless `limit` were admitted in the last `expiry` seconds. `amount` is 1."""
        if amount != 1:
            raise ValueError("One is admitted at a time.")
        with self._lock:
            now = self._clock()
            times = self._times(key, now - expiry)
            if len(times) >= limit:
                return False
            times.append(now)
            self._admitted.pop(key, None)
            self._admitted[key] = (expiry, times)
            self._forget_idle(now)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest admission of the window was (seconds since 1970), and how many there are."""
        with self._lock:
            now = self._clock()
            times = self._times(key, now - expiry)
            age = now - times[0] if times else 0.0
            return time.time() - age, len(times)

    def clear(self, key: str) -> None:
        """Forget the admissions of `key`."""
        with self._lock:
            self._admitted.pop(key, None)

    def reset(self) -> int | None:
        """Forget all; how many keys there were."""
        with self._lock:
            keys = len(self._admitted)
            self._admitted.clear()
        return keys

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def _times(self, key: str, since: float) -> deque[float]:
        _, times = self._admitted.get(key, (0, deque[float]()))
        while times and times[0] <= since:
            times.popleft()
        return times

    def _forget_idle(self, now: float) -> None:
        for _ in range(SWEPT):
            key = next(iter(self._admitted))
            expiry, times = self._admitted[key]
            if times and times[-1] > now - expiry:
                return
            del self._admitted[key]
