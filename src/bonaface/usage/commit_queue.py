"""Replies that wait to be counted, and which of two threads may claim them.

Both claim them in batches. The database thread writes batches to the database as long as that answers. When
it has not answered for `LATE_SECONDS`, the journal thread claims the batch from it. Who claims what comes
after is told by the state of the ledger (ledger_state.py), which this queue holds.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass

from bonaface.errors import StorageError, StorageUnavailableError
from bonaface.usage.ledger_state import Event, State, following
from bonaface.usage.types import Reply, ReplyBatch

MAX_WAITING = 10_000
MAX_BATCH = 1_000
LATE_SECONDS = 1.0
LOOK_SECONDS = 0.25
"""How often the journal thread looks whether the database is late."""

FULL = "The database does not keep up with counting; try again in a moment."
CLOSED = "The server is stopping; send the request again."

Done = Callable[[Reply], None]
"""Called once a reply is counted, before the reply leaves."""


@dataclass(frozen=True, slots=True)
class QueuedReply:
    """One reply that waits, and who waits for it; `until`, of `time.monotonic`, it may wait for others."""

    reply: Reply
    done: Done | None
    future: Future[None]
    until: float


@dataclass(frozen=True, slots=True, eq=False)
class ClaimedBatch:
    """A batch that one thread has claimed; its futures run."""

    number: int
    entries: tuple[QueuedReply, ...]

    @property
    def batch(self) -> ReplyBatch:
        """What is counted."""
        return ReplyBatch(self.number, tuple(entry.reply for entry in self.entries))

    def call_done(self) -> None:
        """Tell those who asked that it is counted."""
        for entry in self.entries:
            if entry.done is not None:
                entry.done(entry.reply)

    def settle(self, error: StorageError | None) -> None:
        """Let everyone who waits go on."""
        settle(self.entries, error)


@dataclass(slots=True)
class _Work:
    """What the database is given, since when: `claimed`, unless the journal thread has it, or old ones."""

    claimed: ClaimedBatch | None
    since: float

    @property
    def is_late(self) -> bool:
        return time.monotonic() - self.since >= LATE_SECONDS


class CommitQueue:
    """The queue between requests and the two threads, and the state of the ledger. Thread-safe.

    Whoever claimed a batch writes it before the other thread claims the next one: see `Committer`.
    """

    def __init__(self) -> None:
        self._waiting: deque[QueuedReply] = deque()
        self._due = math.inf  # the earliest `until` of those that wait
        self._lock = threading.Lock()
        self._for_database = threading.Condition(self._lock)
        self._for_journal = threading.Condition(self._lock)
        self._state = State.DIRECT
        self._work: _Work | None = None
        self._is_closed = False
        self._number = 0

    @property
    def waiting(self) -> int:
        """Replies that nobody has claimed yet."""
        return len(self._waiting)

    @property
    def state(self) -> State:
        """Where replies go that come now."""
        return self._state

    @property
    def is_closed(self) -> bool:
        """Whether it takes on nothing more."""
        return self._is_closed

    @property
    def is_late(self) -> bool:
        """Whether the database takes longer than it should with what it was given."""
        with self._lock:
            return self._work is not None and self._work.is_late

    def add(self, entry: QueuedReply) -> None:
        """Put a reply into the next batch; its future may be cancelled until the batch is claimed.

        Raises StorageError when 10,000 wait already or it is closed.
        """
        with self._lock:
            if self._is_closed:
                raise StorageUnavailableError(CLOSED)
            if len(self._waiting) >= MAX_WAITING:
                raise StorageUnavailableError(FULL)
            self._waiting.append(entry)
            is_sooner, self._due = entry.until < self._due, min(entry.until, self._due)
            if is_sooner or len(self._waiting) == MAX_BATCH:
                (self._for_journal if self._state.spills else self._for_database).notify()

    def apply(self, event: Event) -> None:
        """Something happened that may change where replies go."""
        with self._lock:
            self._apply(event)

    def claim(self) -> ClaimedBatch | None:
        """For the database: those that wait, once there are any; None when it is closed and nobody waits."""
        with self._lock:
            self._for_database.wait_for(lambda: self._waiting or self._is_closed)
            if not self._waiting:
                return None
            self._gather()
            claimed = self._next()
            self._work = _Work(claimed, time.monotonic())
            return claimed

    def claim_for_journal(self) -> ClaimedBatch | None:
        """What the database is late with, else what waits while replies go to the journal."""
        with self._lock:
            if self._work is not None and self._work.is_late:
                self._apply(Event.LATE)
                late, self._work.claimed = self._work.claimed, None
                if late is not None:
                    return late
            return self._next() if self._state.spills and self._waiting else None

    def begin_old(self, *, last: bool) -> None:
        """The database is given batches of the journal now, the `last` of them or not."""
        with self._lock:
            if last:
                self._apply(Event.LAST)
            self._work = _Work(None, time.monotonic())

    def end(self, event: Event) -> bool:
        """What the database was given ended so. Whether it was a batch that nobody else has claimed since."""
        with self._lock:
            work, self._work = self._work, None
            self._apply(event)
            return work is not None and work.claimed is not None

    def wait_for_journal(self) -> bool:
        """Return when there may be something to claim for the journal; False when there never will be."""
        with self._lock:
            while not self._is_journal_needed():
                is_left_alone = self._work is None or self._work.claimed is None
                if self._is_closed and is_left_alone and not self._waiting:
                    return False
                self._for_journal.wait(LOOK_SECONDS)
            return True

    def pause(self, seconds: float) -> None:
        """For the database thread: return after `seconds`, or when it is closed."""
        with self._lock:
            self._for_database.wait_for(lambda: self._is_closed, seconds)

    def close(self) -> None:
        """Take on nothing more."""
        with self._lock:
            self._is_closed = True
            self._for_database.notify()
            self._for_journal.notify()

    def unclaimed(self) -> list[QueuedReply]:
        """Those that nobody claimed: they are not in the queue any more."""
        with self._lock:
            left = list(self._waiting)
            self._waiting.clear()
            self._due = math.inf
        return left

    def _apply(self, event: Event) -> None:
        before, self._state = self._state, following(self._state, event)
        if self._state is not before:
            (self._for_journal if self._state.spills else self._for_database).notify()

    def _is_journal_needed(self) -> bool:
        if self._state.spills and self._waiting:
            return True
        work = self._work
        return work is not None and work.is_late and (work.claimed is not None or not self._state.spills)

    def _gather(self) -> None:
        while len(self._waiting) < MAX_BATCH and not self._is_closed:
            left = self._due - time.monotonic()
            if left <= 0:
                return
            self._for_database.wait(left)

    def _next(self) -> ClaimedBatch:
        self._number += 1
        some = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_BATCH))]
        self._due = min((entry.until for entry in self._waiting), default=math.inf)
        return ClaimedBatch(
            self._number, tuple(entry for entry in some if entry.future.set_running_or_notify_cancel())
        )


def settle(entries: Iterable[QueuedReply], error: StorageError | None) -> None:
    """Let everyone who waits for one of `entries` go on."""
    for entry in entries:
        if error is None:
            entry.future.set_result(None)
        elif entry.future.running() or entry.future.set_running_or_notify_cancel():
            entry.future.set_exception(error)
