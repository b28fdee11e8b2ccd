"""Who takes what."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from bonaface.errors import StorageError
from bonaface.usage import commit_queue as module
from bonaface.usage.commit_queue import ClaimedBatch, CommitQueue, QueuedReply
from support.replies import reply


def entry(wait: float = 0.0) -> QueuedReply:
    return QueuedReply(reply(), None, Future(), time.monotonic() + wait)


@pytest.fixture
def queue() -> CommitQueue:
    return CommitQueue()


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clerk is late at once."""
    monkeypatch.setattr(module, "LATE_SECONDS", 0.0)


def taken_by_clerk(queue: CommitQueue) -> ClaimedBatch:
    queue.add(entry())
    taken = queue.take()
    assert taken is not None
    return taken


def test_the_clerk_takes_what_waits_and_keeps_it(queue: CommitQueue) -> None:
    taken = taken_by_clerk(queue)
    assert (taken.number, len(taken.entries)) == (1, 1)
    assert queue.take_over() is None
    assert queue.end()
    assert taken_by_clerk(queue).number == 2


@pytest.mark.usefixtures("late")
def test_the_scribe_takes_what_the_clerk_is_late_with_and_all_that_comes(queue: CommitQueue) -> None:
    taken = taken_by_clerk(queue)
    assert queue.is_stuck
    assert queue.watch()
    assert queue.take_over() is taken
    assert queue.is_away
    queue.add(entry())
    assert queue.watch()
    following = queue.take_over()
    assert following is not None
    assert following.number == 2
    assert not queue.end()
    assert not queue.is_stuck
    queue.turn(away=False)
    assert taken_by_clerk(queue).number == 3


@pytest.mark.usefixtures("late")
def test_a_scribe_that_has_it_all_waits(queue: CommitQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    taken_by_clerk(queue)
    queue.take_over()
    looks: list[float] = []

    def look(seconds: float) -> None:
        looks.append(seconds)
        queue._is_closed = True

    monkeypatch.setattr(queue._for_scribe, "wait", look)
    assert not queue.watch()
    assert looks == [module.LOOK_SECONDS]


def test_what_comes_waits_for_the_last_old_batches(
    queue: CommitQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.turn(away=True)
    queue.begin(last=False)
    queue.add(entry())
    assert queue.take_over() is not None
    queue.end()
    queue.begin(last=True)
    queue.add(entry())
    assert queue.take_over() is None
    monkeypatch.setattr(module, "LATE_SECONDS", 0.0)
    assert queue.watch()
    assert queue.take_over() is not None


def test_a_closed_one_gives_what_waits_and_takes_nothing(queue: CommitQueue) -> None:
    queue.add(entry())
    queue.close()
    with pytest.raises(StorageError, match="stopping"):
        queue.add(entry())
    assert queue.take() is not None
    queue.end()
    assert queue.take() is None
    assert not queue.watch()


def test_who_waits_for_the_other_is_woken(queue: CommitQueue) -> None:
    found: list[ClaimedBatch | None] = []
    clerk = threading.Thread(target=lambda: found.append(queue.take()))
    clerk.start()
    queue.add(entry())
    clerk.join()
    queue.end()
    queue.turn(away=True)
    scribe = threading.Thread(target=lambda: found.append(queue.take_over() if queue.watch() else None))
    scribe.start()
    queue.add(entry())
    scribe.join()
    assert [taken and taken.number for taken in found] == [1, 2]


def test_whoever_can_wait_least_decides_when_a_batch_is_claimed(queue: CommitQueue) -> None:
    queue.add(entry(60))
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(queue.take)
        queue.add(entry(120))
        time.sleep(0.05)
        assert not taking.done()
        queue.add(entry(0.01))
        taken = taking.result(60)
    assert taken is not None
    assert len(taken.entries) == 3
    queue.end()
    queue.add(entry(0.01))
    following = queue.take()  # what the others could wait for is forgotten with them
    assert following is not None
    assert len(following.entries) == 1
