"""How much of a month's quota is left: what the ledger has counted, and the requests that are on their way.

One process never serves more than the quota. Its count moves with each commit of its own; what other
processes counted is read again at most every second, so that many processes together can serve as many too
many as the others serve within that second.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bonaface.clock import Clock
from bonaface.errors import QuotaExceededError
from bonaface.storage.database import SOON, Database
from bonaface.usage.ledger import Ledger
from bonaface.usage.periods import Period, begin_of, next_month
from bonaface.usage.queries import served_in_month
from bonaface.usage.types import Reply

FRESH_SECONDS = 1.0
MAX_COUNTS = 10_000
USED_UP = "The application has used up its requests of this month; its quota is renewed with the next month."


class MonthExceededError(QuotaExceededError):
    """The application has used up its month; `retry_after` seconds are left of it."""


@dataclass(slots=True)
class _Count:
    """What is known of one application: requests `served` in `month`, as of `read_at`, and `on_their_way`."""

    month: datetime
    served: int
    read_at: float
    on_their_way: int = 0


class Reservation:
    """One request of a month's quota, held from its admission until it is counted or released."""

    def __init__(self, quota: "MonthlyQuota", application_id: int) -> None:
        self._quota: MonthlyQuota | None = quota
        self._application_id = application_id

    def spend(self, reply: Reply) -> None:
        """`reply`, the request's, is counted by the ledger. Called by the ledger between two commits."""
        quota, self._quota = self._quota, None
        if quota is not None:
            quota._spend(self._application_id, reply)

    def release(self) -> None:
        """The request has ended; if it was not counted, another may take its place. Twice is once."""
        quota, self._quota = self._quota, None
        if quota is not None:
            quota._release(self._application_id)


class MonthlyQuota:
    """Month quotas over what `ledger` counts in `database`. Thread-safe."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        clock: Clock | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._clock = clock or database.clock
        self._monotonic = monotonic
        self._counts: dict[int, _Count] = {}
        self._lock = threading.Lock()

    def is_fresh(self, application_id: int) -> bool:
        """Whether `reserve` can tell without the database: what it knows is less than a second old."""
        with self._lock:
            return self._is_fresh(application_id)

    def refresh(self, application_id: int) -> None:
        """Read what was counted, by all processes, unless that is known. Raises StorageError."""
        with self._ledger.between_commits() as steady:  # none of ours lies between the reading and the noting
            if self.is_fresh(application_id):
                return
            now, read_at = self._clock(), self._monotonic()
            month = begin_of(Period.MONTH, now)
            with self._database.reading(SOON) as connection:
                served = served_in_month(connection, application_id, now)
            with steady:
                behind = self._ledger.behind(application_id, month)
                self._note(application_id, month, served + behind, read_at)

    def reserve(self, application_id: int, quota: int) -> Reservation:
        """A request of the month's `quota`, as far as is known; `refresh` first.

        Raises MonthExceededError when none is left.
        """
        with self._lock:
            count = self._counts[application_id]
            if count.served + count.on_their_way >= quota:
                raise MonthExceededError(USED_UP, self._seconds_left())
            count.on_their_way += 1
        return Reservation(self, application_id)

    def _note(self, application_id: int, month: datetime, served: int, read_at: float) -> None:
        with self._lock:
            before = self._counts.pop(application_id, None)  # so that the order is that of age
            self._counts[application_id] = _Count(
                month, served, read_at, 0 if before is None else before.on_their_way
            )
            self._forget_idle()

    def _forget_idle(self) -> None:
        """Keep the memory bounded by what is in use; an application is read again when it comes again."""
        old = self._monotonic() - FRESH_SECONDS
        while len(self._counts) > MAX_COUNTS:
            is_idle = (key for key, count in self._counts.items() if not count.on_their_way)
            oldest = next(is_idle, None)
            if oldest is None or self._counts[oldest].read_at > old:
                return
            del self._counts[oldest]

    def _is_fresh(self, application_id: int) -> bool:
        count = self._counts.get(application_id)
        if count is None or count.month != begin_of(Period.MONTH, self._clock()):
            return False
        return self._monotonic() - count.read_at < FRESH_SECONDS

    def _spend(self, application_id: int, reply: Reply) -> None:
        with self._lock:
            count = self._counts[application_id]
            count.on_their_way -= 1
            if reply.is_served and begin_of(Period.MONTH, reply.at) == count.month:
                count.served += 1

    def _release(self, application_id: int) -> None:
        with self._lock:
            self._counts[application_id].on_their_way -= 1

    def _seconds_left(self) -> int:
        now = self._clock()
        return max(math.ceil((next_month(now) - now).total_seconds()), 1)
