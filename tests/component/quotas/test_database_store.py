"""Moving windows in the database."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from bonaface.errors import StorageError
from bonaface.quotas.database_store import DatabaseStore
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from support.storage.accounts import database_in
from support.storage.rate_stores import HandClock, assert_exact


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store(database: Database, clock: HandClock) -> DatabaseStore:
    return DatabaseStore(database, clock)


def test_it_admits_what_an_exact_window_admits(store: DatabaseStore, clock: HandClock) -> None:
    assert_exact(store, clock, 300)


def test_the_oldest_admission_tells_when_there_is_room(store: DatabaseStore, clock: HandClock) -> None:
    began = clock.now
    for _ in range(2):
        assert store.admit("k", 2, 3) == 0.0
        clock.now += 1
    assert store.admit("k", 2, 3) == 1.0
    clock.now = began + 3
    assert [store.admit("k", 2, 3) for _ in range(2)] == [0.0, 1.0]


def test_keys_do_not_touch_each_other(store: DatabaseStore) -> None:
    for key in ("k", "k/1", "k_", "%", "kk"):
        assert store.admit(key, 1, 9) == 0.0
        assert store.admit(key, 1, 9) == 9.0


def test_processes_share_one_window(storage: StorageSettings) -> None:
    barrier = Barrier(4)

    def ask(_: int) -> int:
        with Database(storage) as database:
            store = DatabaseStore(database)
            barrier.wait()
            return sum(store.admit("k", 25, 600) == 0.0 for _ in range(15))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(ask, range(4))) == 25


def test_what_the_database_refuses_is_an_error_of_storage(tmp_path: Path) -> None:
    with database_in(tmp_path / "none") as missing, pytest.raises(StorageError):
        DatabaseStore(missing).admit("k", 1, 1)


def test_a_clock_that_is_set_back_refuses_nobody_for_long(store: DatabaseStore, clock: HandClock) -> None:
    for _ in range(3):
        assert store.admit("k", 3, 10) == 0.0
    clock.now -= 5  # less than a window: as if the processes' clocks differed by that
    assert store.admit("k", 3, 10) == 15.0
    clock.now -= 3600
    assert [store.admit("k", 3, 10) == 0.0 for _ in range(4)] == [True, True, True, False]
    clock.now += 10
    assert store.admit("k", 3, 10) == 0.0
