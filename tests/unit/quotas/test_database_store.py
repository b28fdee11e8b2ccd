"""Moving windows in the database."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from limits.errors import StorageError as StoreError

from bonaface.quotas.database_store import DatabaseStore
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from support.accounts import database_in
from support.windows import HandClock, assert_exact


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def windows(database: Database, clock: HandClock) -> DatabaseStore:
    return DatabaseStore(database, clock)


def test_it_admits_what_an_exact_window_admits(windows: DatabaseStore, clock: HandClock) -> None:
    assert_exact(windows, clock, 300)


def test_the_oldest_admission_tells_when_there_is_room(windows: DatabaseStore, clock: HandClock) -> None:
    began = clock.now
    assert windows.get_moving_window("k", 2, 3) == (began, 0)
    for _ in range(2):
        assert windows.acquire_entry("k", 2, 3)
        clock.now += 1
    assert windows.get_moving_window("k", 2, 3) == (began, 2)
    assert not windows.acquire_entry("k", 2, 3)
    clock.now = began + 3
    assert windows.acquire_entry("k", 2, 3)


def test_keys_do_not_touch_each_other(windows: DatabaseStore) -> None:
    for key in ("k", "k/1", "k_", "%", "kk"):
        assert windows.acquire_entry(key, 1, 9)
        assert not windows.acquire_entry(key, 1, 9)
        assert windows.get_moving_window(key, 1, 9)[1] == 1
    windows.clear("k")
    assert windows.acquire_entry("k", 1, 9)
    assert not windows.acquire_entry("k_", 1, 9)
    assert windows.reset() == 10
    assert windows.acquire_entry("%", 1, 9)


def test_processes_share_one_window(storage: StorageSettings) -> None:
    barrier = Barrier(4)

    def ask(_: int) -> int:
        with Database(storage) as database:
            windows = DatabaseStore(database)
            barrier.wait()
            return sum(windows.acquire_entry("k", 25, 600) for _ in range(15))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(ask, range(4))) == 25


def test_what_the_database_refuses_is_an_error_of_the_store(tmp_path: Path) -> None:
    with database_in(tmp_path / "none") as missing:
        windows = DatabaseStore(missing)
        assert not windows.check()
        with pytest.raises(StoreError):
            windows.acquire_entry("k", 1, 1)
        with pytest.raises(StoreError):
            windows.get_moving_window("k", 1, 1)


def test_it_is_for_moving_windows_only(windows: DatabaseStore) -> None:
    assert windows.check()
    with pytest.raises(ValueError, match="One"):
        windows.acquire_entry("k", 5, 1, amount=2)


def test_a_clock_that_is_set_back_refuses_nobody_for_long(windows: DatabaseStore, clock: HandClock) -> None:
    for _ in range(3):
        assert windows.acquire_entry("k", 3, 10)
    clock.now -= 5  # less than a window: as if the processes' clocks differed by that
    assert not windows.acquire_entry("k", 3, 10)
    clock.now -= 3600
    assert windows.get_moving_window("k", 3, 10)[1] == 0
    assert [windows.acquire_entry("k", 3, 10) for _ in range(4)] == [True, True, True, False]
    clock.now += 10
    assert windows.acquire_entry("k", 3, 10)
