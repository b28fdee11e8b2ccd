"""The ledger: a reply is counted, and the count is on disk, before the reply leaves.

Replies that wait together are one batch, which the database counts in one transaction. While it commits,
the next batch gathers by itself, and a reply that finds nobody waiting gives others `limits.batch_wait`
seconds to join it, more where it is in no hurry (batch_delay.py): in an overload, when there is most to count
and least time for it, batches are larger.

A batch that the database does not take, or not within a second, goes to the journal, and is counted with
that. Until the journal has been brought into the database, later batches go there too, so that no reply waits
for a database that is away: ledger_state.py.
"""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

import structlog

from bonaface.errors import StorageError, StorageUnavailableError
from bonaface.storage.database import Database
from bonaface.usage.backlog import Backlog
from bonaface.usage.batch_delay import batch_delay
from bonaface.usage.commit_queue import CLOSED, FULL, CommitQueue, Done, QueuedReply, settle
from bonaface.usage.committer import LATE, Committer
from bonaface.usage.journal import Journal
from bonaface.usage.observer import LedgerObserver
from bonaface.usage.recovery import Recovery
from bonaface.usage.types import Reply

__all__ = ["Done", "Ledger"]

RECORD_SECONDS = 15.0
HOLD_SECONDS = 1.0
CLOSE_SECONDS = 10.0
LAST_SECONDS = 2.0
"""Nobody waits longer for a database or a disk that is cut off: the last for one known to be away."""

log = structlog.get_logger(__name__)


class Ledger:
    """Counts replies in `database`, which must be migrated. Thread-safe; close it to stop its threads.

    `batch_wait` is in seconds. Without a `journal`, what the database does not take is refused. `observer` is
    told how the database does. The threads start with `start`, or with the first reply.
    """

    def __init__(
        self,
        database: Database,
        batch_wait: float = 0.002,
        journal: Journal | None = None,
        observer: LedgerObserver | None = None,
    ) -> None:
        self._journal = Journal(Path(), 0, "") if journal is None else journal
        self._recovery = None if journal is None else Recovery(database, journal.folder)
        self._queue = CommitQueue()
        self._backlog = Backlog(self._journal)
        self._committer = Committer(database, self._queue, self._backlog, observer)
        self._batch_wait = batch_wait
        self._starts = threading.Lock()
        self._threads: tuple[threading.Thread, ...] = ()

    @property
    def backlog(self) -> int:
        """How many counted replies are in journals and not known to be in the database yet."""
        return self._journal.replies + (0 if self._recovery is None else self._recovery.replies)

    @property
    def waiting(self) -> int:
        """Replies that wait for the next commit."""
        return self._queue.waiting

    def start(self) -> None:
        """Begin, and look for what ended processes could not count. A journal that cannot be is logged."""
        try:
            with self._backlog.lock:
                self._journal.prepare()
        except StorageError as error:
            log.warning("ledger.journal.unusable", error=str(error))
        if self._recovery is not None:
            self._recovery.start()
        self._start()

    async def record(self, reply: Reply, done: Done | None = None) -> None:
        """Return once `reply` is counted for good. Raises StorageError when it is not within 15 seconds."""
        counted = asyncio.wrap_future(self.add(reply, done))
        try:
            async with asyncio.timeout(RECORD_SECONDS):
                await counted
        except TimeoutError:
            raise StorageUnavailableError(LATE) from None

    def add(self, reply: Reply, done: Done | None = None) -> Future[None]:
        """Put `reply` into the next batch; its future may be cancelled until the batch is claimed.

        Raises StorageError when 10,000 wait already or the ledger is closed.
        """
        until = time.monotonic() + batch_delay(reply, self._batch_wait)
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
        commits = self._committer.commits
        if self._queue.is_late or not commits.acquire(timeout=HOLD_SECONDS):
            raise StorageUnavailableError(FULL)
        try:
            yield self._backlog.lock
        finally:
            commits.release()

    def behind(self, application_id: int, month: datetime) -> int:
        """Served replies of a month (its first moment) that only the journal holds, of this ledger."""
        return self._backlog.served(application_id, month)

    def close(self) -> None:
        """Count what waits and stop; whatever is not counted within 10 seconds fails. Twice is once.

        What only the journal holds stays there for the next process.
        """
        self._queue.close()
        if self._recovery is not None:
            self._recovery.stop()
        self._join()
        settle(self._queue.unclaimed(), StorageUnavailableError(CLOSED))
        if not any(thread.is_alive() for thread in self._threads):
            self._journal.close()

    def _join(self) -> None:
        ends = time.monotonic() + CLOSE_SECONDS
        for thread in reversed(self._threads):  # the journal's first: it ends when nobody waits any more
            is_hopeless = self._queue.state.spills and thread is self._threads[0]
            thread.join(LAST_SECONDS if is_hopeless else max(ends - time.monotonic(), 0))

    def _start(self) -> None:
        with self._starts:
            if not self._threads:
                # daemons: a database that never answers must not keep the process from ending
                self._threads = tuple(
                    threading.Thread(target=run, name=name, daemon=True)
                    for name, run in (
                        ("ledger-database", self._committer.write_to_database),
                        ("ledger-journal", self._committer.write_to_journal),
                    )
                )
                for thread in self._threads:
                    thread.start()
