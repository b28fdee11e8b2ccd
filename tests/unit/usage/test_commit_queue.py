"""Who takes what."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from bonaface.errors import StorageError
from bonaface.usage import commit_queue as module
from bonaface.usage.commit_queue import ClaimedBatch, CommitQueue, QueuedReply
from bonaface.usage.ledger_state import Event, State
from support.storage.replies import reply


def entry(wait: float = 0.0) -> QueuedReply:
    return QueuedReply(reply(), None, Future(), time.monotonic() + wait)


@pytest.fixture
def queue() -> CommitQueue:
    return CommitQueue()


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is late at once."""
    monkeypatch.setattr(module, "LATE_SECONDS", 0.0)


def claimed_for_database(queue: CommitQueue) -> ClaimedBatch:
    queue.add(entry())
    claimed = queue.claim()
    assert claimed is not None
    return claimed


def test_the_database_is_given_what_waits(queue: CommitQueue) -> None:
    claimed = claimed_for_database(queue)
    assert (claimed.number, len(claimed.entries)) == (1, 1)
    assert queue.claim_for_journal() is None
    assert queue.end(Event.ANSWERED)
    assert claimed_for_database(queue).number == 2


@pytest.mark.usefixtures("late")
def test_the_journal_gets_what_the_database_is_late_with_and_all_that_comes(queue: CommitQueue) -> None:
    claimed = claimed_for_database(queue)
    assert queue.is_late
    assert queue.wait_for_journal()
    assert queue.claim_for_journal() is claimed
    assert queue.state is State.SPILLING
    queue.add(entry())
    assert queue.wait_for_journal()
    following = queue.claim_for_journal()
    assert following is not None
    assert following.number == 2
    assert not queue.end(Event.ANSWERED)
    assert not queue.is_late
    queue.apply(Event.EMPTIED)
    assert claimed_for_database(queue).number == 3


@pytest.mark.usefixtures("late")
def test_a_journal_thread_that_has_it_all_waits(queue: CommitQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    claimed_for_database(queue)
    queue.claim_for_journal()
    looks: list[float] = []

    def look(seconds: float) -> None:
        looks.append(seconds)
        queue._is_closed = True

    monkeypatch.setattr(queue._for_journal, "wait", look)
    assert not queue.wait_for_journal()
    assert looks == [module.LOOK_SECONDS]


def test_what_comes_waits_for_the_last_old_batches(
    queue: CommitQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.apply(Event.SPILLED)
    queue.begin_old(last=False)
    queue.add(entry())
    assert queue.claim_for_journal() is not None
    queue.end(Event.ANSWERED)
    queue.begin_old(last=True)
    queue.add(entry())
    assert queue.claim_for_journal() is None
    monkeypatch.setattr(module, "LATE_SECONDS", 0.0)
    assert queue.wait_for_journal()
    assert queue.claim_for_journal() is not None


def test_a_closed_one_gives_what_waits_and_takes_nothing(queue: CommitQueue) -> None:
    queue.add(entry())
    queue.close()
    with pytest.raises(StorageError, match="stopping"):
        queue.add(entry())
    assert queue.claim() is not None
    queue.end(Event.ANSWERED)
    assert queue.claim() is None
    assert not queue.wait_for_journal()


def test_who_waits_for_the_other_is_woken(queue: CommitQueue) -> None:
    found: list[ClaimedBatch | None] = []
    database_thread = threading.Thread(target=lambda: found.append(queue.claim()))
    database_thread.start()
    queue.add(entry())
    database_thread.join()
    queue.end(Event.ANSWERED)
    queue.apply(Event.SPILLED)
    journal_thread = threading.Thread(
        target=lambda: found.append(queue.claim_for_journal() if queue.wait_for_journal() else None)
    )
    journal_thread.start()
    queue.add(entry())
    journal_thread.join()
    assert [claimed and claimed.number for claimed in found] == [1, 2]


def test_whoever_can_wait_least_decides_when_a_batch_is_claimed(queue: CommitQueue) -> None:
    queue.add(entry(60))
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(queue.claim)
        queue.add(entry(120))
        time.sleep(0.05)
        assert not taking.done()
        queue.add(entry(0.01))
        claimed = taking.result(60)
    assert claimed is not None
    assert len(claimed.entries) == 3
    queue.end(Event.ANSWERED)
    queue.add(entry(0.01))
    following = queue.claim()  # what the others could wait for is forgotten with them
    assert following is not None
    assert len(following.entries) == 1
