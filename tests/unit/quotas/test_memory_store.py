"""Moving windows in memory."""

import time

import pytest

from bonaface.quotas.memory_store import MemoryStore
from support.windows import HandClock, assert_exact


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def windows(clock: HandClock) -> MemoryStore:
    return MemoryStore(clock)


def test_it_admits_what_an_exact_window_admits(windows: MemoryStore, clock: HandClock) -> None:
    assert_exact(windows, clock, 3000)


def test_a_clock_that_is_set_back_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    windows = MemoryStore()
    real = time.time()
    assert windows.acquire_entry("k", 1, 1)
    monkeypatch.setattr(time, "time", lambda: real - 3600)
    assert not windows.acquire_entry("k", 1, 1)
    began, count = windows.get_moving_window("k", 1, 1)
    assert count == 1
    assert real - 3601 <= began <= real - 3600
    ends = time.monotonic() + 20
    while not windows.acquire_entry("k", 1, 1):
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_keys_do_not_touch_each_other(windows: MemoryStore) -> None:
    for key in ("k", "k/1", "kk"):
        assert windows.acquire_entry(key, 1, 9)
        assert not windows.acquire_entry(key, 1, 9)
    windows.clear("k")
    assert windows.acquire_entry("k", 1, 9)
    assert windows.reset() == 3
    assert windows.get_moving_window("kk", 1, 9)[1] == 0


def test_idle_keys_are_forgotten(windows: MemoryStore, clock: HandClock) -> None:
    for number in range(100):
        assert windows.acquire_entry(f"k{number}", 5, 10)
    clock.now += 11
    for _ in range(100):
        windows.acquire_entry("busy", 5, 10)
        clock.now += 3
    assert list(windows._admitted) == ["busy"]


def test_it_is_only_what_is_used(windows: MemoryStore) -> None:
    assert windows.check()
    assert windows.base_exceptions is ValueError
    with pytest.raises(ValueError, match="One"):
        windows.acquire_entry("k", 5, 2, amount=2)
