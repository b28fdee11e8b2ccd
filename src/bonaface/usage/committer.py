"""The two threads of a ledger: one writes batches to the database, the other to the journal.

Which of them claims a batch is told by the state of the ledger (ledger_state.py). Each batch is counted once,
whatever became of a commit (exactly_once.py). Only when neither takes a batch are its replies refused.
"""

import random
import threading
import time
from collections.abc import Sequence

import structlog

from bonaface.errors import StorageError, StorageUnavailableError
from bonaface.storage.database import Database
from bonaface.usage.backlog import Backlog
from bonaface.usage.commit_queue import ClaimedBatch, CommitQueue
from bonaface.usage.exactly_once import ExactlyOnceWriter, OtherDatabaseError
from bonaface.usage.ledger_state import Event, State
from bonaface.usage.observer import LedgerObserver
from bonaface.usage.recovery import CATCH_UP_SECONDS
from bonaface.usage.types import ReplyBatch

COMMIT_SECONDS = 4.0
"""How long the database may take to count a batch."""
RETRY_SECONDS, LONGEST_RETRY = 1.0, 4.0
"""Between two attempts to bring the journal into the database: doubled each time, give or take a half."""

LATE = "The database did not answer in time; try again in a moment."
UNEXPECTED = "The usage could not be counted; see the server's log."

log = structlog.get_logger(__name__)


class UncountableError(StorageError):
    """A fault of ours, not of the database: trying again would end the same way."""


class Committer:
    """Counts what is in `queue` in `database`, and in `backlog` what that does not take.

    `commits` is held while the database counts; it is taken before the lock of `backlog`. `observer` is told
    how the database does.
    """

    def __init__(
        self, database: Database, queue: CommitQueue, backlog: Backlog, observer: LedgerObserver | None
    ) -> None:
        self.commits = threading.Lock()
        self._writer = ExactlyOnceWriter(database)
        self._breaker = database.breaker
        self._queue = queue
        self._backlog = backlog
        self._observer = observer
        self._retry_seconds = RETRY_SECONDS

    def write_to_database(self) -> None:
        """Until the queue is closed and nothing is left to do: the loop of the one thread."""
        is_on = True
        while is_on:
            try:
                is_on = self._write_next()
            except Exception:  # of the journal's disk, or ours: the thread must go on
                log.exception("ledger.failed")
                self._pause()

    def write_to_journal(self) -> None:
        """Until the queue is closed and nobody waits: the loop of the other thread."""
        while self._queue.wait_for_journal():
            with self._backlog.lock:
                claimed = self._queue.claim_for_journal()
                if claimed is not None:
                    self._breaker.suspect()
                    self._finish(claimed, StorageUnavailableError(LATE))

    def _write_next(self) -> bool:
        """Write one batch, or a chunk of the journal; False when there will be no more."""
        state = self._settled_state()
        if state is State.DIRECT:
            claimed = self._queue.claim()
            if claimed is None:
                return False
            self._commit(claimed)
        elif state is State.SPILLING and self._queue.is_closed:
            return False
        else:
            self._drain()
        return True

    def _settled_state(self) -> State:
        """Where replies go: if the journal is empty, to the database from now on."""
        with self._backlog.lock:
            if self._backlog.is_empty:
                self._queue.apply(Event.EMPTIED)
                self._backlog.tell_drained()
            return self._queue.state

    def _commit(self, claimed: ClaimedBatch) -> None:
        with self.commits:
            error = self._count([claimed.batch] if claimed.entries else [], COMMIT_SECONDS)
            with self._backlog.lock:
                if self._queue.end(_event_of(error)):  # else the other thread has finished it
                    self._finish(claimed, error)
        if error is not None and self._queue.state.spills:
            self._pause()

    def _drain(self) -> None:
        """Bring one chunk of the journal into the database."""
        with self._backlog.lock:
            chunk = self._backlog.oldest()
            self._queue.begin_old(last=chunk.is_last)
        with self.commits:
            error = self._count(chunk.batches, CATCH_UP_SECONDS, self._backlog.database_id)
            with self._backlog.lock:
                self._queue.end(_event_of(error))
                if error is None:
                    self._backlog.forget(chunk)
                elif isinstance(error, OtherDatabaseError):
                    self._backlog.leave(error)
        if error is not None:
            self._pause()

    def _count(
        self, batches: Sequence[ReplyBatch], within: float, database_id: str | None = None
    ) -> StorageError | None:
        """Have the database count `batches`, or say why not."""
        replies, begun = sum(len(batch.replies) for batch in batches), time.perf_counter()
        try:
            if batches:
                self._breaker.check()
                self._writer.write(self._backlog.writer_id, batches, within, database_id)
                self._tell_committed(replies, time.perf_counter() - begun)
        except StorageError as error:
            self._tell_failed()
            return error
        except Exception:  # a fault of ours must not end the thread: every reply would hang
            self._tell_failed()
            log.exception("ledger.failed", replies=replies)
            return UncountableError(UNEXPECTED)
        self._retry_seconds = RETRY_SECONDS
        return None

    def _finish(self, claimed: ClaimedBatch, error: StorageError | None) -> None:
        """Count a batch that the database did not take in the journal, and tell who waits."""
        if not claimed.entries:  # each was cancelled
            return
        try:
            if error is not None and not isinstance(error, UncountableError):
                self._backlog.add(claimed.batch, error)
                self._queue.apply(Event.SPILLED)
                error = None
            if error is None:
                claimed.call_done()
        except StorageError as refused:
            log.error("ledger.failed", replies=len(claimed.entries), error=str(error), journal=str(refused))
            error = _told_of(error, refused)
        except Exception:
            log.exception("ledger.failed", replies=len(claimed.entries))
            error = UncountableError(UNEXPECTED)
        claimed.settle(error)

    def _tell_committed(self, replies: int, seconds: float) -> None:
        if self._observer is not None:
            self._observer.committed(replies, seconds)

    def _tell_failed(self) -> None:
        if self._observer is not None:
            self._observer.failed()

    def _pause(self) -> None:
        seconds, self._retry_seconds = self._retry_seconds, min(self._retry_seconds * 2, LONGEST_RETRY)
        self._queue.pause(seconds * random.uniform(0.5, 1.5))  # noqa: S311 - not a secret


def _told_of(error: StorageError | None, refused: StorageError) -> StorageError:
    """What is told of a batch that neither database (`error`) nor journal (`refused`) has taken."""
    return refused if error is None or isinstance(refused, StorageUnavailableError) else error


def _event_of(error: StorageError | None) -> Event:
    return Event.ANSWERED if error is None else Event.FAILED
