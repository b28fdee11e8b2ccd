"""How long the work that runs now has been running: a native call that hangs shows here and nowhere else."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bonaface.serving.deadline import Clock


class Running:
    """Notes when each piece of work began. Thread-safe; `clock` gives seconds and never goes back."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._began: dict[object, float] = {}
        self._lock = threading.Lock()

    @contextmanager
    def occupied(self) -> Iterator[None]:
        """The block is a piece of work."""
        key = object()
        with self._lock:
            self._began[key] = self._clock()
        try:
            yield
        finally:
            with self._lock:
                del self._began[key]

    @property
    def taken(self) -> int:
        """Pieces of work that run now."""
        return len(self._began)

    def taken_for(self, seconds: float) -> int:
        """How many of them have been running for `seconds` or longer."""
        now = self._clock()
        with self._lock:
            return sum(now - began >= seconds for began in self._began.values())
