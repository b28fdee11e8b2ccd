"""The two threads of a ledger, a step at a time: what each does in which state."""

import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bonaface.errors import StorageError
from bonaface.storage.database import Database
from bonaface.storage.tables import database_identity
from bonaface.usage import commit_queue
from bonaface.usage import committer as module
from bonaface.usage.backlog import Backlog
from bonaface.usage.commit_queue import CommitQueue, QueuedReply
from bonaface.usage.committer import Committer
from bonaface.usage.journal import Journal
from bonaface.usage.ledger_state import State
from support.faults.outages import away
from support.storage.replies import OWNER, counted, reply

DIRECT, SPILLING, DRAINING, FINISHING = State


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(module, "LONGEST_RETRY", 0.0)


class Steps:
    """A ledger without threads: each of them does one step when told."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.queue = CommitQueue()
        self.journal = Journal(folder / "data" / "journal", 1_000_000, database.identity())
        self.backlog = Backlog(self.journal)
        self.committer = Committer(database, self.queue, self.backlog, None)

    def add(self) -> "Future[None]":
        entry = QueuedReply(reply(), None, Future(), time.monotonic())
        self.queue.add(entry)
        return entry.future

    def write_to_database(self) -> State:
        assert self.committer._write_next()
        return self.queue.state

    def write_to_journal(self) -> State:
        """What the other thread does when it is woken."""
        with self.backlog.lock:
            claimed = self.queue.claim_for_journal()
            assert claimed is not None
            self.committer._finish(claimed, StorageError("late"))
        return self.queue.state


@pytest.fixture
def steps(database: Database, tmp_path: Path) -> Iterator[Steps]:
    steps = Steps(database, tmp_path)
    yield steps
    steps.journal.close()


def test_a_batch_goes_to_the_database(database: Database, steps: Steps) -> None:
    future = steps.add()
    assert steps.write_to_database() is DIRECT
    assert (future.result(0), counted(database), steps.backlog.is_empty) == (None, 1, True)


def test_the_way_of_an_outage(database: Database, steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    """Direct, spilling, draining, finishing, direct."""
    monkeypatch.setattr("bonaface.usage.journal_file.CHUNK_REPLIES", 2)
    with away(database):
        first = steps.add()
        assert steps.write_to_database() is SPILLING
        for _ in range(4):
            steps.add()
            assert steps.write_to_journal() is SPILLING
        assert steps.write_to_database() is SPILLING  # tried again, in vain
    assert steps.write_to_database() is DRAINING
    last = steps.add()
    assert steps.write_to_journal() is DRAINING  # what comes is behind what is there
    assert steps.write_to_database() is DRAINING
    assert steps.write_to_database() is FINISHING
    assert (steps.backlog.is_empty, counted(database)) == (True, 6)
    next_one = steps.add()
    assert steps.write_to_database() is DIRECT
    assert [future.result(0) for future in (first, last, next_one)] == [None] * 3
    assert counted(database) == 7


def test_what_comes_while_the_last_is_written_waits_and_no_longer_than_a_second(
    database: Database, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bonaface.usage.journal_file.CHUNK_REPLIES", 1)
    with away(database):
        steps.add()
        steps.write_to_database()
        steps.add()
        steps.write_to_journal()
    assert steps.write_to_database() is DRAINING
    write, waiting = steps.committer._writer.write, steps.add()

    def slow(*given: object) -> None:
        assert steps.queue.state is FINISHING
        assert steps.queue.claim_for_journal() is None
        monkeypatch.setattr(commit_queue, "LATE_SECONDS", 0.0)
        assert steps.write_to_journal() is SPILLING
        assert waiting.result(0) is None
        write(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(steps.committer._writer, "write", slow)
    assert steps.write_to_database() is DRAINING  # it did answer, and the journal holds one more
    monkeypatch.setattr(steps.committer._writer, "write", write)
    monkeypatch.setattr(commit_queue, "LATE_SECONDS", 60.0)
    assert steps.write_to_database() is FINISHING
    assert counted(database) == 3


def test_a_batch_that_the_database_is_late_with_is_counted_once(
    database: Database, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit_queue, "LATE_SECONDS", 0.0)
    write, future = steps.committer._writer.write, steps.add()

    def slow(*given: object) -> None:
        assert steps.write_to_journal() is SPILLING
        assert future.result(0) is None
        write(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(steps.committer._writer, "write", slow)
    assert steps.write_to_database() is DRAINING
    monkeypatch.setattr(steps.committer._writer, "write", write)
    assert steps.write_to_database() is FINISHING
    assert counted(database) == 1


def test_a_failure_while_the_journal_is_drained_spills_again(
    database: Database, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bonaface.usage.journal_file.CHUNK_REPLIES", 1)
    with away(database):
        steps.add()
        steps.write_to_database()
        for _ in range(2):
            steps.add()
            steps.write_to_journal()
    assert steps.write_to_database() is DRAINING
    with away(database):
        assert steps.write_to_database() is SPILLING
    assert steps.write_to_database() is DRAINING
    with away(database):
        assert steps.write_to_database() is SPILLING  # the last one too
    assert (steps.write_to_database(), counted(database)) == (DRAINING, 3)


def test_a_batch_that_neither_takes_is_refused_and_the_next_is_tried(
    database: Database, steps: Steps
) -> None:
    steps.journal._limit = 0
    with away(database), capture_logs():
        refused = steps.add()
        assert steps.write_to_database() is DIRECT
    with pytest.raises(StorageError):
        refused.result(0)
    steps.add()
    assert (steps.write_to_database(), counted(database)) == (DIRECT, 1)


def test_another_database_is_given_nothing_of_the_journal(database: Database, steps: Steps) -> None:
    with away(database):
        steps.add()
        steps.write_to_database()
    with database.writing() as connection:
        connection.execute(update(database_identity).values(database_id=OWNER))
    with capture_logs() as logs:
        assert steps.write_to_database() is SPILLING
    assert "ledger.journal.other_database" in [log["event"] for log in logs]
    steps.add()
    assert (steps.write_to_database(), counted(database)) == (DIRECT, 1)


def test_a_closed_one_ends_where_the_database_does_not_answer(database: Database, steps: Steps) -> None:
    with away(database):
        steps.add()
        steps.write_to_database()
        steps.queue.close()
        assert not steps.committer._write_next()
    assert not steps.backlog.is_empty


def test_a_closed_one_ends_when_nobody_waits(steps: Steps) -> None:
    steps.queue.close()
    assert not steps.committer._write_next()


def test_the_pauses_grow_and_have_an_end(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(steps.queue, "pause", waited.append)
    monkeypatch.setattr(steps.committer, "_retry_seconds", 1.0)
    monkeypatch.setattr(module, "LONGEST_RETRY", 4.0)
    for _ in range(5):
        steps.committer._pause()
    for seconds, middle in zip(waited, (1, 2, 4, 4, 4), strict=True):
        assert middle / 2 <= seconds <= middle * 1.5
