"""The ledger: a reply is counted, and the count is on disk, before the reply leaves.

Replies that wait together are written in one transaction, by one thread. While it commits, the next group
gathers by itself; a reply that finds nobody waiting gives others `limits.group_wait` seconds to join it.

A commit that fails is not tried again: it may have been done all the same, and nothing is counted twice.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bonaface.accounts.booking import Book, mark_used
from bonaface.accounts.meter import Meter, NoMeter
from bonaface.accounts.usage import Reply
from bonaface.errors import StorageError
from bonaface.storage.database import Database

MAX_WAITING = 10_000
MAX_GROUP = 1_000
RECORD_SECONDS = 15.0
HOLD_SECONDS = 5.0
CLOSE_SECONDS = 10.0
"""A database that is cut off may never answer; nobody waits for it longer than this."""
USED_EVERY = timedelta(minutes=1)
MAX_SECRETS = 10_000

FULL = "The database does not keep up with counting; try again in a moment."
LATE = "The database did not answer in time; try again in a moment."
CLOSED = "The server is stopping; send the request again."
UNEXPECTED = "The usage could not be counted; see the server's log."

log = structlog.get_logger(__name__)

Done = Callable[[Reply], None]
"""Called by the writer once a reply is counted, before the reply leaves."""


@dataclass(frozen=True, slots=True)
class _Entry:
    reply: Reply
    done: Done | None
    future: Future[None]
    since: float


class Ledger:
    """Counts replies in `database`, which must be migrated. Thread-safe; close it to stop its thread.

    `group_wait` is in seconds; `meter` is told of every commit. The thread starts with the first reply.
    """

    def __init__(self, database: Database, group_wait: float = 0.002, meter: Meter | None = None) -> None:
        self._database = database
        self._meter = NoMeter() if meter is None else meter
        self._group_wait = group_wait
        self._book = Book(database.dialect)
        self._used = LastUsed()
        self._waiting: deque[_Entry] = deque()
        self._changed = threading.Condition()
        self._commits = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    @property
    def waiting(self) -> int:
        """Replies that wait for the next commit."""
        return len(self._waiting)

    async def record(self, reply: Reply, done: Done | None = None) -> None:
        """Return once `reply` is counted for good. Raises StorageError when it is not within 15 seconds."""
        counted = asyncio.wrap_future(self.add(reply, done))
        try:
            async with asyncio.timeout(RECORD_SECONDS):
                await counted
        except TimeoutError:
            raise StorageError(LATE) from None

    def add(self, reply: Reply, done: Done | None = None) -> Future[None]:
        """Put `reply` into the next group; its future may be cancelled until the group is taken.

        Raises StorageError when 10,000 wait already or the ledger is closed.
        """
        entry = _Entry(reply, done, Future(), time.monotonic())
        with self._changed:
            if self._is_closed:
                raise StorageError(CLOSED)
            if len(self._waiting) >= MAX_WAITING:
                raise StorageError(FULL)
            self._waiting.append(entry)
            self._start()
            if len(self._waiting) in (1, MAX_GROUP):
                self._changed.notify()
        return entry.future

    @contextmanager
    def between_commits(self) -> Iterator[None]:
        """Hold the writer while the block runs: what is counted and what `done` was told of then agree.

        Raises StorageError when a commit takes longer than 5 seconds.
        """
        if not self._commits.acquire(timeout=HOLD_SECONDS):
            raise StorageError(FULL)
        try:
            yield
        finally:
            self._commits.release()

    def close(self) -> None:
        """Count what waits and stop; whatever is not counted within 10 seconds fails. Twice is once."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
            thread = self._thread
        if thread is not None:
            thread.join(CLOSE_SECONDS)
        with self._changed:
            left = list(self._waiting)
            self._waiting.clear()
        _settle(left, StorageError(CLOSED))

    def _start(self) -> None:
        if self._thread is None:
            # a daemon: a database that never answers must not keep the process from ending
            self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while (group := self._next_group()) is not None:
            _settle(group, self._write(group))

    def _next_group(self) -> list[_Entry] | None:
        """Those that wait, once there are any; None when the ledger is closed and nobody waits."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            if not self._waiting:
                return None
            self._gather()
            taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_GROUP))]
        return [entry for entry in taken if entry.future.set_running_or_notify_cancel()]

    def _gather(self) -> None:
        ends = self._waiting[0].since + self._group_wait
        while len(self._waiting) < MAX_GROUP and not self._is_closed:
            left = ends - time.monotonic()
            if left <= 0:
                return
            self._changed.wait(left)

    def _write(self, entries: list[_Entry]) -> StorageError | None:
        """Commit a group and tell those who asked; what went wrong, if anything."""
        if not entries:  # each was cancelled
            return None
        with self._commits:
            begun = time.perf_counter()
            try:
                self._commit([entry.reply for entry in entries])
                self._meter.committed(len(entries), time.perf_counter() - begun)
                for entry in entries:
                    if entry.done is not None:
                        entry.done(entry.reply)
            except StorageError as error:
                self._meter.failed()
                log.error("ledger.failed", replies=len(entries), error=str(error))
                return error
            except Exception:  # a fault of ours must not end the thread: every reply would hang
                self._meter.failed()
                log.exception("ledger.failed", replies=len(entries))
                return StorageError(UNEXPECTED)
        return None

    def _commit(self, replies: list[Reply]) -> None:
        due = self._used.due(replies)
        with self._database.writing() as connection:
            self._book.write(connection, replies)
            mark_used(connection, due)
        self._used.remember(due)


class LastUsed:
    """Which secrets were noted as used, and when: each is noted once a minute at most. For one thread."""

    def __init__(self) -> None:
        self._noted: dict[int, datetime] = {}

    def due(self, replies: Iterable[Reply]) -> dict[int, datetime]:
        """The secrets to note, with the time of their latest reply."""
        latest: dict[int, datetime] = {}
        for reply in replies:
            if reply.secret_id is not None:
                latest[reply.secret_id] = max(reply.at, latest.get(reply.secret_id, reply.at))
        return {secret: at for secret, at in latest.items() if self._is_due(secret, at)}

    def remember(self, noted: dict[int, datetime]) -> None:
        """These are in the database now."""
        self._noted.update(noted)
        while len(self._noted) > MAX_SECRETS:
            del self._noted[next(iter(self._noted))]

    def _is_due(self, secret: int, at: datetime) -> bool:
        before = self._noted.get(secret)
        return before is None or at - before >= USED_EVERY


def _settle(group: Iterable[_Entry], error: StorageError | None) -> None:
    """Let everyone who waits for one of `group` go on."""
    for entry in group:
        if error is None:
            entry.future.set_result(None)
        elif entry.future.running() or entry.future.set_running_or_notify_cancel():
            entry.future.set_exception(error)
