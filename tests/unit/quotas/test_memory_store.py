"""Moving windows in memory."""

import time

import pytest

from bonaface.quotas.memory_store import MemoryStore
from support.storage.rate_stores import HandClock, assert_exact


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store(clock: HandClock) -> MemoryStore:
    return MemoryStore(clock)


def test_it_admits_what_an_exact_window_admits(store: MemoryStore, clock: HandClock) -> None:
    assert_exact(store, clock, 3000)


def test_a_clock_that_is_set_back_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    real = time.time()
    assert store.admit("k", 1, 1) == 0.0
    monkeypatch.setattr(time, "time", lambda: real - 3600)
    assert 0.0 < store.admit("k", 1, 1) <= 1.0
    ends = time.monotonic() + 20
    while store.admit("k", 1, 1):
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_keys_do_not_touch_each_other(store: MemoryStore) -> None:
    for key in ("k", "k/1", "kk"):
        assert store.admit(key, 1, 9) == 0.0
        assert store.admit(key, 1, 9) == 9.0


def test_idle_keys_are_forgotten(store: MemoryStore, clock: HandClock) -> None:
    for number in range(100):
        assert store.admit(f"k{number}", 5, 10) == 0.0
    clock.now += 11
    for _ in range(100):
        store.admit("busy", 5, 10)
        clock.now += 3
    assert list(store._admitted) == ["busy"]
