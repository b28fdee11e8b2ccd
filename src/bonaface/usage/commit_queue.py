"""Replies that wait to be counted, and who may take them.

Two threads take them in batches. The clerk writes batches to the database as long as that answers. When it
has not answered for `LATE_SECONDS`, or has failed, the scribe takes the clerk's batch and all that come
after, until the clerk says that the database has everything.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass

from bonaface.errors import StorageError, StorageUnavailableError
from bonaface.usage.types import Reply, ReplyBatch

MAX_WAITING = 10_000
MAX_BATCH = 1_000
LATE_SECONDS = 1.0
LOOK_SECONDS = 0.25
"""How often the scribe looks whether the clerk is late."""

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
    """A batch that one thread has taken; its futures run."""

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
    """What the clerk is at, since when: `taken`, unless the scribe took it, or old batches."""

    taken: ClaimedBatch | None
    since: float

    @property
    def is_late(self) -> bool:
        return time.monotonic() - self.since >= LATE_SECONDS


class CommitQueue:
    """The queue between requests and the two threads. Thread-safe.

    Whoever holds the number of a batch writes it before the other thread takes the next one: see `Ledger`.
    """

    def __init__(self) -> None:
        self._waiting: deque[QueuedReply] = deque()
        self._due = math.inf  # the earliest `until` of those that wait
        self._lock = threading.Lock()
        self._for_clerk = threading.Condition(self._lock)
        self._for_scribe = threading.Condition(self._lock)
        self._work: _Work | None = None
        self._is_away = False
        self._is_closed = False
        self._number = 0

    @property
    def waiting(self) -> int:
        """Replies that nobody has taken yet."""
        return len(self._waiting)

    @property
    def is_away(self) -> bool:
        """Whether the scribe takes what comes, because the database is away."""
        return self._is_away

    @property
    def is_stuck(self) -> bool:
        """Whether the clerk waits for the database longer than it should."""
        with self._lock:
            return self._work is not None and self._work.is_late

    def add(self, entry: QueuedReply) -> None:
        """Put a reply into the next batch; its future may be cancelled until the batch is taken.

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
                (self._for_scribe if self._is_away else self._for_clerk).notify()

    def take(self) -> ClaimedBatch | None:
        """For the clerk: those that wait, once there are any; None when it is closed and nobody waits."""
        with self._lock:
            self._for_clerk.wait_for(lambda: self._waiting or self._is_closed)
            if not self._waiting:
                return None
            self._gather()
            taken = self._next()
            self._work = _Work(taken, time.monotonic())
            return taken

    def take_over(self) -> ClaimedBatch | None:
        """For the scribe: what the clerk is late with, else what waits while the database is away."""
        with self._lock:
            if self._work is not None and self._work.is_late:
                self._is_away = True
                late, self._work.taken = self._work.taken, None
                if late is not None:
                    return late
            return self._next() if self._is_away and self._waiting else None

    def begin(self, *, last: bool) -> None:
        """For the clerk: it writes old batches; what comes waits for the `last` of them, if that is quick."""
        with self._lock:
            self._is_away = self._is_away and not last
            self._work = _Work(None, time.monotonic())

    def end(self) -> bool:
        """For the clerk: what it was at is over. Whether its batch is still its own to settle."""
        with self._lock:
            work, self._work = self._work, None
            return work is not None and work.taken is not None

    def turn(self, *, away: bool) -> None:
        """From here on the scribe takes what comes (`away`), or the clerk."""
        with self._lock:
            self._is_away = away
            (self._for_scribe if away else self._for_clerk).notify()

    def watch(self) -> bool:
        """For the scribe: return when there may be something to take over; False when there never will be."""
        with self._lock:
            while not self._is_needed():
                is_left_alone = self._work is None or self._work.taken is None
                if self._is_closed and is_left_alone and not self._waiting:
                    return False
                self._for_scribe.wait(LOOK_SECONDS)
            return True

    def close(self) -> None:
        """Take on nothing more."""
        with self._lock:
            self._is_closed = True
            self._for_clerk.notify()
            self._for_scribe.notify()

    def leave(self) -> list[QueuedReply]:
        """Those that nobody took."""
        with self._lock:
            left = list(self._waiting)
            self._waiting.clear()
            self._due = math.inf
        return left

    def _is_needed(self) -> bool:
        if self._is_away and self._waiting:
            return True
        work = self._work
        return work is not None and work.is_late and (work.taken is not None or not self._is_away)

    def _gather(self) -> None:
        while len(self._waiting) < MAX_BATCH and not self._is_closed:
            left = self._due - time.monotonic()
            if left <= 0:
                return
            self._for_clerk.wait(left)

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
