"""Server processes that end while the database is away, by SIGKILL and by SIGTERM: nothing counted is lost.

Real `bonaface serve` processes with real weights. Whatever the journal holds, the next server counts.
"""

import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from bonaface.settings import StorageSettings
from support.faults.outages import held
from support.load.steady import Load, assert_nothing_lost, loaded
from support.servers.served import ONE_WORKER, QUICK_ENGINE, Keys, Served, make_keys, serving
from support.storage.postgres import PostgresServer
from support.waiting import wait_until

WELL = -40000

Outage = Callable[[], AbstractContextManager[None]]


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> StorageSettings:
    if request.param == "sqlite":
        return StorageSettings(directory=tmp_path / "data")
    server: PostgresServer = request.getfixturevalue("own_server")
    return StorageSettings(directory=tmp_path / "data", url=server.create())


@pytest.fixture
def outage(storage: StorageSettings, request: pytest.FixtureRequest) -> Outage:
    """Has the database answer nothing while a block runs."""
    if storage.url is None:
        return lambda: held(storage.directory / "bonaface.db")
    server: PostgresServer = request.getfixturevalue("own_server")
    return server.frozen


@pytest.fixture
def keys(storage: StorageSettings) -> Keys:
    return make_keys(storage)


def journals(storage: StorageSettings) -> list[Path]:
    """Those that hold something."""
    return [path for path in (storage.directory / "journal").glob("*.jsonl") if path.stat().st_size]


def kept_in_the_journal(storage: StorageSettings, load: Load) -> None:
    """Return when replies have left that only the journal holds."""
    wait_until(lambda: bool(journals(storage)))
    load.wait_for(WELL)


def end(served: Served, how: signal.Signals) -> int:
    """Send the signal; the exit status."""
    served.send(how)
    return served.wait()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
def test_a_server_that_ends_in_an_outage_leaves_its_journal_to_the_next(
    storage: StorageSettings,
    outage: Outage,
    keys: Keys,
    models_directory: Path,
    tmp_path: Path,
    how: signal.Signals,
) -> None:
    with ExitStack() as running:
        served = running.enter_context(
            serving(
                tmp_path,
                models_directory,
                storage=storage,
                keys=keys,
                serving=ONE_WORKER,
                models=QUICK_ENGINE,
            )
        )
        load = running.enter_context(loaded(served.address, keys.app_key, keys.secret))
        with outage():
            kept_in_the_journal(storage, load)
            status = end(served, how)
            load.stop()
    assert status == (0 if how == signal.SIGTERM else -how)
    assert journals(storage)
    with serving(
        tmp_path, models_directory, storage=storage, keys=keys, serving=ONE_WORKER, models=QUICK_ENGINE
    ):
        wait_until(lambda: not journals(storage))
    assert_nothing_lost(storage, load)


def test_of_two_servers_on_one_folder_one_counts_what_the_other_left(
    own_server: PostgresServer, models_directory: Path, tmp_path: Path
) -> None:
    storage = StorageSettings(directory=tmp_path / "data", url=own_server.create())
    keys = make_keys(storage)
    with ExitStack() as running:
        first, second = (
            running.enter_context(
                serving(
                    tmp_path / name,
                    models_directory,
                    storage=storage,
                    keys=keys,
                    serving=ONE_WORKER,
                    models=QUICK_ENGINE,
                )
            )
            for name in ("first", "second")
        )
        loads = [
            running.enter_context(loaded(each.address, keys.app_key, keys.secret)) for each in (first, second)
        ]
        with own_server.frozen():
            wait_until(lambda: len(journals(storage)) == 2)
            for load in loads:
                load.wait_for(WELL)
            end(first, signal.SIGKILL)
            loads[0].stop()
        wait_until(lambda: not journals(storage))
        loads[1].wait_for(WELL)
        loads[1].stop()
        wait_until(lambda: not journals(storage))
    assert_nothing_lost(storage, *loads)
