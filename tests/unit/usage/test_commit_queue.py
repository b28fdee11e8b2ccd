"""Who takes what."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from bonaface.errors import StorageError
from bonaface.usage import commit_queue as module
from bonaface.usage.commit_queue import Entry, Groups, Taken
from support.replies import reply


def entry(wait: float = 0.0) -> Entry:
    return Entry(reply(), None, Future(), time.monotonic() + wait)


@pytest.fixture
def groups() -> Groups:
    return Groups()


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clerk is late at once."""
    monkeypatch.setattr(module, "LATE_SECONDS", 0.0)


def taken_by_clerk(groups: Groups) -> Taken:
    groups.add(entry())
    taken = groups.take()
    assert taken is not None
    return taken


def test_the_clerk_takes_what_waits_and_keeps_it(groups: Groups) -> None:
    taken = taken_by_clerk(groups)
    assert (taken.number, len(taken.entries)) == (1, 1)
    assert groups.take_over() is None
    assert groups.end()
    assert taken_by_clerk(groups).number == 2


@pytest.mark.usefixtures("late")
def test_the_scribe_takes_what_the_clerk_is_late_with_and_all_that_comes(groups: Groups) -> None:
    taken = taken_by_clerk(groups)
    assert groups.is_stuck
    assert groups.watch()
    assert groups.take_over() is taken
    assert groups.is_away
    groups.add(entry())
    assert groups.watch()
    following = groups.take_over()
    assert following is not None
    assert following.number == 2
    assert not groups.end()
    assert not groups.is_stuck
    groups.turn(away=False)
    assert taken_by_clerk(groups).number == 3


@pytest.mark.usefixtures("late")
def test_a_scribe_that_has_it_all_waits(groups: Groups, monkeypatch: pytest.MonkeyPatch) -> None:
    taken_by_clerk(groups)
    groups.take_over()
    looks: list[float] = []

    def look(seconds: float) -> None:
        looks.append(seconds)
        groups._is_closed = True

    monkeypatch.setattr(groups._for_scribe, "wait", look)
    assert not groups.watch()
    assert looks == [module.LOOK_SECONDS]


def test_what_comes_waits_for_the_last_old_groups(groups: Groups, monkeypatch: pytest.MonkeyPatch) -> None:
    groups.turn(away=True)
    groups.begin(last=False)
    groups.add(entry())
    assert groups.take_over() is not None
    groups.end()
    groups.begin(last=True)
    groups.add(entry())
    assert groups.take_over() is None
    monkeypatch.setattr(module, "LATE_SECONDS", 0.0)
    assert groups.watch()
    assert groups.take_over() is not None


def test_a_closed_one_gives_what_waits_and_takes_nothing(groups: Groups) -> None:
    groups.add(entry())
    groups.close()
    with pytest.raises(StorageError, match="stopping"):
        groups.add(entry())
    assert groups.take() is not None
    groups.end()
    assert groups.take() is None
    assert not groups.watch()


def test_who_waits_for_the_other_is_woken(groups: Groups) -> None:
    found: list[Taken | None] = []
    clerk = threading.Thread(target=lambda: found.append(groups.take()))
    clerk.start()
    groups.add(entry())
    clerk.join()
    groups.end()
    groups.turn(away=True)
    scribe = threading.Thread(target=lambda: found.append(groups.take_over() if groups.watch() else None))
    scribe.start()
    groups.add(entry())
    scribe.join()
    assert [taken and taken.number for taken in found] == [1, 2]


def test_whoever_can_wait_least_decides_when_a_group_is_taken(groups: Groups) -> None:
    groups.add(entry(60))
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(groups.take)
        groups.add(entry(120))
        time.sleep(0.05)
        assert not taking.done()
        groups.add(entry(0.01))
        taken = taking.result(20)
    assert taken is not None
    assert len(taken.entries) == 3
    groups.end()
    groups.add(entry(0.01))
    following = groups.take()  # what the others could wait for is forgotten with them
    assert following is not None
    assert len(following.entries) == 1
