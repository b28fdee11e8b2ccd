"""The policies in force, remembered by each server process: at most 5 seconds, as keys are.

Half-way they are read again beside the requests. While the database is away the last that is known decides:
that no policy can be read must not stop verdicts.
"""

import threading
import time
from collections.abc import Callable
from functools import partial
from math import inf

from bonaface.accounts.credential_cache import RENEW_AFTER, RENEW_EVERY, TIME_TO_LIVE
from bonaface.errors import OverloadedError, StorageError
from bonaface.policies.decision_policy import DecisionPolicy, PoliciesInForce
from bonaface.storage.breaker import CircuitBreaker
from bonaface.storage.bulkhead import Bulkhead

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
        return await self._read_anew()

    async def chosen(self, application_id: int, wanted: str | None) -> DecisionPolicy | None:
        """As `PoliciesInForce.chosen`. A name that is not known may be new: it is looked up, once a second.

        Raises UnknownPolicyError, and as `in_force`.
        """
        known = await self.in_force()
        if wanted is not None and wanted not in known.policies:
            known = await self._read_anew(RENEW_EVERY)
        return known.chosen(application_id, wanted)

    async def _read_anew(self, older_than: float = RENEW_AFTER) -> PoliciesInForce:
        """As `refresh`; while the database is away, the last that is known."""
        if (known := self._younger_than(older_than)) is not None:
            return known
        try:
            return await self._asking.ask(partial(self.refresh, older_than))
        except (StorageError, OverloadedError):
            if self._known is None:
                raise
            return self._known

    def refresh(self, older_than: float = RENEW_AFTER) -> PoliciesInForce:
        """Read them, unless somebody else just did, so many seconds ago. Raises StorageError."""
        if (known := self._younger_than(older_than)) is not None:
            return known
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

    def _younger_than(self, seconds: float) -> PoliciesInForce | None:
        with self._lock:
            return self._known if self._clock() < self._read_at + seconds else None

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
