"""The ledger: a reply is counted, and the count is on disk, before the reply leaves.

Replies that wait together are one batch. The clerk, a thread, writes batches to the database, each in one
transaction; while it commits, the next batch gathers by itself, and a reply that finds nobody waiting gives
others `limits.group_wait` seconds to join it, more where it is in no hurry (batch_delay.py): in an overload,
when there is most to count and least time for it, batches are larger.

A batch that the database does not take, or not within a second, goes to the journal, and is counted with
that. Until the clerk has brought the journal into the database, all later batches go there too, written by
the scribe, another thread, so that no reply waits for a database that is away. Only when neither takes a
batch are its replies refused. Each batch is counted once, whatever became of a commit (exactly_once.py).
"""

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

import structlog

from bonaface.errors import StorageError, StorageUnavailableError
from bonaface.storage.database import Database
from bonaface.usage.batch_delay import batch_delay
from bonaface.usage.commit_queue import CLOSED, FULL, ClaimedBatch, CommitQueue, Done, QueuedReply, settle
from bonaface.usage.exactly_once import ExactlyOnceWriter, OtherDatabaseError
from bonaface.usage.journal import Journal
from bonaface.usage.observer import LedgerObserver, NoObserver
from bonaface.usage.periods import Period, begin_of
from bonaface.usage.recovery import CATCH_UP_SECONDS, Recovery, log_other_database
from bonaface.usage.types import Reply, ReplyBatch

__all__ = ["Done", "Ledger"]

RECORD_SECONDS = 15.0
COMMIT_SECONDS = 4.0
HOLD_SECONDS = 1.0
CLOSE_SECONDS = 10.0
LAST_SECONDS = 2.0
"""Nobody waits longer for a database or a disk that is cut off: the last for one known to be away."""
RETRY_SECONDS, LONGEST_RETRY = 1.0, 4.0
"""Between two attempts to bring the journal into the database: doubled each time, give or take a half."""

LATE = "The database did not answer in time; try again in a moment."
UNEXPECTED = "The usage could not be counted; see the server's log."

log = structlog.get_logger(__name__)


class Ledger:
    """Counts replies in `database`, which must be migrated. Thread-safe; close it to stop its threads.

    `group_wait` is in seconds. Without a `journal`, what the database does not take is refused. `observer` is
    told how the database does. The threads start with `start`, or with the first reply.
    """

    def __init__(
        self,
        database: Database,
        group_wait: float = 0.002,
        journal: Journal | None = None,
        observer: LedgerObserver | None = None,
    ) -> None:
        self._observer = NoObserver() if observer is None else observer
        self._writer = ExactlyOnceWriter(database)
        self._breaker = database.breaker
        self._journal = Journal(Path(), 0, "") if journal is None else journal
        self._recovery = None if journal is None else Recovery(database, journal.folder)
        self._queue = CommitQueue()
        self._group_wait = group_wait
        self._behind = Counter[tuple[int, datetime]]()
        self._commits = threading.Lock()  # held by the clerk while the database counts; taken before the pen
        self._pen = threading.Lock()  # held by whoever decides where a batch goes, until it is there
        self._starts = threading.Lock()
        self._threads: tuple[threading.Thread, ...] = ()
        self._stopping = threading.Event()
        self._retry_seconds = RETRY_SECONDS
        self._is_reached = True
        self._opened_at: float | None = None

    @property
    def backlog(self) -> int:
        """How many counted replies are in journals and not known to be in the database yet."""
        return self._journal.replies + (0 if self._recovery is None else self._recovery.replies)

    def start(self) -> None:
        """Begin, and look for what ended processes could not count. A journal that cannot be is logged."""
        try:
            self._journal.prepare()
        except StorageError as error:
            log.warning("ledger.journal.unusable", error=str(error))
        if self._recovery is not None:
            self._recovery.start()
        self._start()

    @property
    def waiting(self) -> int:
        """Replies that wait for the next commit."""
        return self._queue.waiting

    async def record(self, reply: Reply, done: Done | None = None) -> None:
        """Return once `reply` is counted for good. Raises StorageError when it is not within 15 seconds."""
        counted = asyncio.wrap_future(self.add(reply, done))
        try:
            async with asyncio.timeout(RECORD_SECONDS):
                await counted
        except TimeoutError:
            raise StorageUnavailableError(LATE) from None

    def add(self, reply: Reply, done: Done | None = None) -> Future[None]:
        """Put `reply` into the next batch; its future may be cancelled until the batch is taken.

        Raises StorageError when 10,000 wait already or the ledger is closed.
        """
        until = time.monotonic() + batch_delay(reply, self._group_wait)
        entry = QueuedReply(reply, done, Future(), until)
        self._queue.add(entry)
        if not self._threads:
            self._start()
        return entry.future

    @contextmanager
    def between_commits(self) -> Iterator[AbstractContextManager[object]]:
        """No commit of ours is under way while the block runs.

        It gets the lock under which what the database counted in the block, `behind`, and what `done` was
        told of agree. To be held shortly: no reply goes to the journal meanwhile.
        Raises StorageUnavailableError at once while the database does not answer, else after a second.
        """
        if self._queue.is_stuck or not self._commits.acquire(timeout=HOLD_SECONDS):
            raise StorageUnavailableError(FULL)
        try:
            yield self._pen
        finally:
            self._commits.release()

    def behind(self, application_id: int, month: datetime) -> int:
        """Served replies of a month (its first moment) that only the journal holds, of this ledger."""
        return self._behind[application_id, month]

    def close(self) -> None:
        """Count what waits and stop; whatever is not counted within 10 seconds fails. Twice is once.

        What only the journal holds stays there for the next process.
        """
        self._stopping.set()
        self._queue.close()
        if self._recovery is not None:
            self._recovery.stop()
        self._join()
        settle(self._queue.leave(), StorageUnavailableError(CLOSED))
        if not any(thread.is_alive() for thread in self._threads):
            self._journal.close()

    def _join(self) -> None:
        ends = time.monotonic() + CLOSE_SECONDS
        for thread in reversed(self._threads):  # the scribe first: it ends when nobody waits any more
            is_hopeless = self._queue.is_away and thread is self._threads[0]
            thread.join(LAST_SECONDS if is_hopeless else max(ends - time.monotonic(), 0))

    def _start(self) -> None:
        with self._starts:
            if not self._threads:
                # daemons: a database that never answers must not keep the process from ending
                self._threads = tuple(
                    threading.Thread(target=run, name=name, daemon=True)
                    for name, run in (("ledger", self._clerk), ("scribe", self._scribe))
                )
                for thread in self._threads:
                    thread.start()

    def _clerk(self) -> None:
        is_on = True
        while is_on:
            try:
                is_on = self._write_on()
            except Exception:  # of the journal's disk, or ours: the thread must go on
                log.exception("ledger.failed")
                self._pause()

    def _write_on(self) -> bool:
        """Write one batch, or a chunk of the journal; False when there will be no more."""
        if not self._is_caught_up():
            if self._stopping.is_set() and not self._is_reached:
                return False
            self._catch_up()
        elif (taken := self._queue.take()) is None:
            return False
        else:
            self._commit(taken)
        return True

    def _scribe(self) -> None:
        while self._queue.watch():
            with self._pen:
                taken = self._queue.take_over()
                if taken is not None:
                    self._breaker.suspect()
                    self._finish(taken, StorageUnavailableError(LATE))

    def _commit(self, taken: ClaimedBatch) -> None:
        with self._commits:
            error = self._count([taken.batch] if taken.entries else [], COMMIT_SECONDS)
            with self._pen:
                if self._queue.end():  # else the scribe has finished it
                    self._finish(taken, error)
        if error is not None and self._queue.is_away:
            self._pause()

    def _catch_up(self) -> None:
        """Bring one chunk of the journal into the database."""
        with self._pen:
            chunk = self._journal.read()
            # while the database answers, what comes may wait for the last chunk: else there might be no last
            self._queue.begin(last=chunk.is_last and self._is_reached)
        with self._commits:
            error = self._count(chunk.batches, CATCH_UP_SECONDS, self._journal.database_id)
            with self._pen:
                self._queue.end()
                if error is None:
                    self._journal.forget(chunk)
                    self._behind -= _served(chunk.batches)
                elif isinstance(error, OtherDatabaseError):
                    self._leave(error)
                else:
                    self._queue.turn(away=True)
        if error is not None:
            self._pause()

    def _leave(self, error: OtherDatabaseError) -> None:
        """Another database has come to stand behind the URL: the journal is none of its. With the pen."""
        replies = self._journal.replies
        name = self._journal.set_aside(error.found)
        self._behind.clear()
        log_other_database(name, replies, error)

    def _count(
        self, batches: Sequence[ReplyBatch], within: float, database_id: str | None = None
    ) -> StorageError | None:
        """Have the database count `batches`, or say why not."""
        replies, begun = sum(len(batch.replies) for batch in batches), time.perf_counter()
        try:
            if batches:
                self._breaker.check()
                self._writer.write(self._journal.writer_id, batches, within, database_id)
                self._observer.committed(replies, time.perf_counter() - begun)
        except StorageError as error:
            self._observer.failed()
            self._is_reached = False
            return error
        except Exception:  # a fault of ours must not end the thread: every reply would hang
            self._observer.failed()
            log.exception("ledger.failed", replies=replies)
            return UncountableError(UNEXPECTED)
        self._is_reached, self._retry_seconds = True, RETRY_SECONDS
        return None

    def _finish(self, taken: ClaimedBatch, error: StorageError | None) -> None:
        """Count a batch that the database did not take in the journal, and tell who waits. With the pen."""
        if not taken.entries:  # each was cancelled
            return
        try:
            if error is not None and not isinstance(error, UncountableError):
                self._write_down(taken.batch, error)
                error = None
            if error is None:
                taken.call_done()
        except StorageError as refused:
            error = error or refused
            log.error("ledger.failed", replies=len(taken.entries), error=str(error), journal=str(refused))
        except Exception:
            log.exception("ledger.failed", replies=len(taken.entries))
            error = UncountableError(UNEXPECTED)
        taken.settle(error)

    def _write_down(self, batch: ReplyBatch, reason: StorageError) -> None:
        """Count `batch` in the journal: from here on all do. Raises StorageError."""
        is_first = self._journal.is_empty
        self._journal.append(batch)
        self._behind += _served([batch])
        self._queue.turn(away=True)
        if is_first:
            self._opened_at = time.monotonic()
            log.warning("ledger.journal.opened", error=str(reason))

    def _pause(self) -> None:
        seconds, self._retry_seconds = self._retry_seconds, min(self._retry_seconds * 2, LONGEST_RETRY)
        self._stopping.wait(seconds * random.uniform(0.5, 1.5))  # noqa: S311 - not a secret

    def _is_caught_up(self) -> bool:
        """Whether batches go to the database; if the journal is empty, they do from now on."""
        with self._pen:
            if not self._journal.is_empty:
                return False
            if self._queue.is_away:
                self._queue.turn(away=False)
            if self._opened_at is not None:
                log.info("ledger.journal.drained", seconds=round(time.monotonic() - self._opened_at, 1))
                self._opened_at = None
            return True


class UncountableError(StorageError):
    """A fault of ours, not of the database: trying again would end the same way."""


def _served(batches: Iterable[ReplyBatch]) -> "Counter[tuple[int, datetime]]":
    """What batches take of month quotas, by application and first moment of the month."""
    return Counter(
        (reply.application_id, begin_of(Period.MONTH, reply.at))
        for batch in batches
        for reply in batch.replies
        if reply.is_served
    )
