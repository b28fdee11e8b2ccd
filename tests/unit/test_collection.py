"""The garbage collector, while tests are collected and while they run."""

import gc

import pytest

from support.collection import pytest_collection


def test_it_rests_while_tests_are_collected_and_runs_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[None] = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(None))
    collecting = pytest_collection()
    next(collecting)
    assert not gc.isenabled()
    with pytest.raises(StopIteration) as ended:
        collecting.send("collected")
    assert gc.isenabled()
    assert (ended.value.value, frozen) == ("collected", [None])


def test_what_was_collected_is_none_of_its_concern() -> None:
    assert gc.get_freeze_count() > 0
