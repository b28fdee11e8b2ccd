"""A circuit breaker: while the database is known to be away, nobody else waits to find that out."""

import threading
import time
from collections.abc import Callable
from math import inf

import structlog

from bonaface.errors import StorageAwayError

RETRY_SECONDS = 1.0
AWAY = "The database did not answer a moment ago; try again after Retry-After."

log = structlog.get_logger(__name__)


class CircuitBreaker:
    """Open from a failed look-up to the next success; one attempt a second finds out. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._retry_at: float | None = None
        self._answered_at = -inf
        self._probe: Callable[[], object] | None = None
        self._is_probing = False
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether the last that is known is that the database did not answer."""
        return self._retry_at is not None

    @property
    def now(self) -> float:
        """The moment, by the clock of `failed`."""
        return self._clock()

    def probe_with(self, probe: Callable[[], object]) -> None:
        """Have attempts made by `probe`, in a thread of its own; else whoever comes next makes them."""
        self._probe = probe

    def check(self) -> None:
        """Raises StorageAwayError while it is open, but to one that is to make an attempt."""
        with self._lock:
            if self._retry_at is None:
                return
            is_due = not self._is_probing and self._clock() >= self._retry_at
            if is_due:
                self._retry_at = self._clock() + RETRY_SECONDS
        if not is_due:
            raise StorageAwayError(AWAY)
        if self._probe is not None:
            self._start(self._probe)
            raise StorageAwayError(AWAY)

    def failed(self, error: StorageAwayError, since: float = inf) -> None:
        """The database did not answer what was asked at `since`: `error`. Unless it answered others since."""
        if self._answered_at > since:
            return
        with self._lock:
            was_open, self._retry_at = self.is_open, self._clock() + RETRY_SECONDS
        if not was_open:
            log.error("storage.away", error=str(error), cause=type(error.__cause__).__name__)

    def suspect(self) -> None:
        """Somebody waited in vain, who may have asked for much, or for a lock: have the database tried."""
        if self._probe is not None and not self.is_open and not self._is_probing:
            self._start(self._probe)

    def succeeded(self) -> None:
        """The database answered."""
        self._answered_at = self._clock()
        if self._retry_at is None:
            return
        with self._lock:
            was_open, self._retry_at = self.is_open, None
        if was_open:
            log.info("storage.back")

    def _start(self, probe: Callable[[], object]) -> None:
        self._is_probing = True
        try:
            threading.Thread(target=self._try, args=(probe,), name="probe", daemon=True).start()
        except RuntimeError:  # no thread can be had now: the next turn is a second later
            self._is_probing = False

    def _try(self, probe: Callable[[], object]) -> None:
        try:
            probe()
        finally:
            self._is_probing = False
