"""Results in order, few items held, errors in their turn."""

import threading
from collections.abc import Iterator

import pytest

from bonaface.runtime.ordered_map import AHEAD, ordered_map


def test_results_come_in_the_order_of_the_items_however_long_each_takes() -> None:
    second_is_done = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            assert second_is_done.wait(10)
        if item == 1:
            second_is_done.set()
        return item * item

    assert list(ordered_map(work, range(20), 2)) == [item * item for item in range(20)]


def test_work_is_done_side_by_side() -> None:
    together = threading.Barrier(3, timeout=10)
    assert len(list(ordered_map(lambda _: together.wait(), range(3), 3))) == 3


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_items_are_taken_a_few_ahead_and_no_more(workers: int) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(1_000_000_000):
            taken.append(item)
            yield item

    results = ordered_map(str, items(), workers)
    assert taken == []
    for given in range(1, 8):
        assert next(results) == str(given - 1)
        assert len(taken) == given - 1 + AHEAD * workers
    results.close()  # type: ignore[attr-defined]


def test_no_item_gives_no_result() -> None:
    assert list(ordered_map(str, [], 3)) == []


def test_what_work_raises_is_raised_in_its_turn() -> None:
    results = ordered_map(lambda item: 6 // item, [3, 2, 0, 1], 2)
    assert [next(results), next(results)] == [2, 3]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_what_the_items_raise_comes_after_the_results_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("the disk is gone")

    results = ordered_map(str, items(), 4)
    assert next(results) == "1"
    with pytest.raises(OSError, match="the disk is gone"):
        next(results)


def test_who_leaves_early_leaves_no_thread_and_nothing_is_begun_anew() -> None:
    before = set(threading.enumerate())
    begun: list[int] = []
    may_end = threading.Event()

    def work(item: int) -> int:
        begun.append(item)
        assert item == 0 or may_end.wait(10)
        return item

    results = ordered_map(work, range(100), 1)
    assert next(results) == 0
    may_end.set()
    results.close()  # type: ignore[attr-defined]
    assert len(begun) <= 1 + AHEAD
    assert set(threading.enumerate()) <= before
