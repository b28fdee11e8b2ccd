"""Moving windows in the memory of one process, on a clock that is never set back."""

import threading
import time
from collections import deque
from collections.abc import Callable

SWEPT = 2
"""Idle keys that one admission forgets at most: more than it can add."""


class MemoryStore:
    """The times of each key's last admissions: a `RateStore`. `clock` gives seconds. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._admitted: dict[str, tuple[int, deque[float]]] = {}  # by age of the latest: window, times
        self._lock = threading.Lock()

    def admit(self, key: str, limit: int, window: int) -> float:
        """See `RateStore`. Raises nothing: memory does not fail."""
        with self._lock:
            now = self._clock()
            times = self._times(key, now - window)
            if len(times) >= limit:
                return times[0] + window - now
            times.append(now)
            self._admitted.pop(key, None)
            self._admitted[key] = (window, times)
            self._forget_idle(now)
        return 0.0

    def _times(self, key: str, since: float) -> deque[float]:
        _, times = self._admitted.get(key, (0, deque[float]()))
        while times and times[0] <= since:
            times.popleft()
        return times

    def _forget_idle(self, now: float) -> None:
        for _ in range(SWEPT):
            key = next(iter(self._admitted))
            window, times = self._admitted[key]
            if times and times[-1] > now - window:
                return
            del self._admitted[key]
