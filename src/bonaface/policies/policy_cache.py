"""The policies in force, remembered by each server process: at most 5 seconds old while the database answers.

Half-way they are read again beside the requests. While the database is away the last that is known decides:
that no policy can be read must not stop verdicts.
"""

import threading
import time
from collections.abc import Callable
from math import inf

from bonaface.errors import OverloadedError, StorageError
from bonaface.policies.decision_policy import PoliciesInForce
from bonaface.storage.breaker import CircuitBreaker
from bonaface.storage.bulkhead import Bulkhead

TIME_TO_LIVE = 5.0
RENEW_AFTER = 2.5
RENEW_EVERY = 1.0
"""Seconds: how old they may be, when they are first due to be read again, and how long until once more."""
PLACES = 1


class PolicyCache:
    """What `read` gave last. `breaker` knows whether its database is away. Thread-safe; to be closed."""

    def __init__(
        self,
        read: Callable[[], PoliciesInForce],
        breaker: CircuitBreaker | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._clock = clock
        self._asking = Bulkhead(PLACES, breaker)
        self._known: PoliciesInForce | None = None
        self._read_at = -inf
        self._due = -inf
        self._forgotten_at = -inf
        self._lock = threading.Lock()

    async def in_force(self) -> PoliciesInForce:
        """What decides now. No waiting while it is fresh.

        Raises StorageError and OverloadedError where it was never read and cannot be.
        """
        if (known := self._fresh()) is not None:
            return known
        try:
            return await self._asking.ask(self.refresh)
        except (StorageError, OverloadedError):
            if self._known is None:
                raise
            return self._known

    def refresh(self) -> PoliciesInForce:
        """Read them, unless somebody else just did. Raises StorageError."""
        with self._lock:
            if self._known is not None and self._clock() < self._read_at + RENEW_AFTER:
                return self._known
        asked = self._clock()
        found = self._read()
        with self._lock:
            if asked >= max(self._read_at, self._forgotten_at):
                self._known, self._read_at, self._due = found, asked, asked + RENEW_AFTER
            return found

    def forget(self) -> None:
        """Whoever comes next reads them: they were changed by this process."""
        with self._lock:
            self._read_at, self._forgotten_at = -inf, self._clock()

    def close(self) -> None:
        """Read nothing more."""
        self._asking.close()

    def _fresh(self) -> PoliciesInForce | None:
        """What is known, if it is no older than it may be; where it is due, it is read again beside."""
        now = self._clock()
        with self._lock:
            if self._known is None or now >= self._read_at + TIME_TO_LIVE:
                return None
            known, is_due = self._known, now >= self._due
            if is_due:
                self._due = now + RENEW_EVERY
        if is_due:
            self._asking.send(self._renew)
        return known

    def _renew(self) -> None:
        try:
            self.refresh()
        except StorageError:  # the breaker logs an outage; what is known goes on deciding
            return
