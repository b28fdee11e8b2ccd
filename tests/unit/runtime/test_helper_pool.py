"""Work that is shared with idle lanes: each item once, results in order, helpers that make room."""

import threading
from contextlib import ExitStack

import pytest

from bonaface.runtime.helper_pool import HelperPool

LATER = 60


class Meeting:
    """Work that waits until `size` threads are at it; remembers which they were."""

    def __init__(self, size: int) -> None:
        self._barrier = threading.Barrier(size)
        self.threads: set[str] = set()

    def __call__(self, item: int) -> int:
        self._barrier.wait(LATER)
        self.threads.add(threading.current_thread().name)
        return item * item


class Noting:
    """Squares, and notes which thread was at each item."""

    def __init__(self) -> None:
        self.threads: list[str] = []

    def __call__(self, item: int) -> int:
        self.threads.append(threading.current_thread().name)
        return item * item


def helper_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "helper"]


def test_idle_lanes_help_and_are_gone_afterwards() -> None:
    helpers, work = HelperPool(3), Meeting(3)
    with helpers.lane():
        assert helpers.map(work, range(6)) == [0, 1, 4, 9, 16, 25]
    assert work.threads == {threading.current_thread().name, "helper"}
    assert helper_threads() == []
    assert helpers.taken == 0


@pytest.mark.parametrize("items", [[], [3]])
def test_what_cannot_be_shared_is_not(items: list[int]) -> None:
    helpers, work = HelperPool(2), Noting()
    with helpers.lane():
        assert helpers.map(work, items) == [item * item for item in items]
    assert work.threads == [threading.current_thread().name] * len(items)


def test_lanes_that_are_busy_do_not_help() -> None:
    helpers, work = HelperPool(2), Noting()
    with helpers.lane(), helpers.lane():
        assert helpers.map(work, range(4)) == [0, 1, 4, 9]
    assert set(work.threads) == {threading.current_thread().name}


def test_a_helper_leaves_after_its_item_when_its_lane_is_needed() -> None:
    helpers, both, noting = HelperPool(2), threading.Barrier(2), Noting()
    with ExitStack() as others:

        def work(item: int) -> int:
            if item < 2:
                both.wait(LATER)
            if threading.current_thread().name == "helper":
                others.enter_context(helpers.lane())  # another piece of work begins
            return noting(item)

        with helpers.lane():
            assert helpers.map(work, range(8)) == [item * item for item in range(8)]
    assert noting.threads.count("helper") == 1


@pytest.mark.parametrize("lanes", [1, 2])
def test_an_error_ends_it_and_is_raised_here(lanes: int) -> None:
    helpers, begun = HelperPool(lanes), list[int]()

    def fail(item: int) -> int:
        begun.append(item)
        raise ValueError(item)

    with helpers.lane(), pytest.raises(ValueError, match=r"^0$"):
        helpers.map(fail, range(100))
    assert len(begun) <= lanes
    assert helpers.taken == 0
    assert helper_threads() == []


def test_a_helper_that_cannot_be_started_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    helpers = HelperPool(2)
    with helpers.lane():
        assert helpers.map(abs, [-1, -2, -3]) == [1, 2, 3]
        assert helpers.taken == 1
