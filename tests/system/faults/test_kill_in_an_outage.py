"""Server processes that end while the database is away, by SIGKILL and by SIGTERM: nothing counted is lost.

Real `bonaface serve` processes with real weights. Whatever the journal holds, the next server counts.
"""

import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from bonaface.accounts.repository import ApplicationRepository
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from support.accounts import ACTOR
from support.ledger_proof import served
from support.load import Load, assert_nothing_lost, loaded
from support.outages import held
from support.postgres import PostgresServer
from support.server import wait_until

GRACE = 15.0
"""`server.shutdown_grace` as it comes."""
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
def keys(storage: StorageSettings) -> tuple[str, str]:
    """An appKey and its secret."""
    with Database(storage) as database:
        database.migrate()
        made, _, secret = ApplicationRepository(database).create_application("load", actor=ACTOR)
    return made.app_key, secret


def journals(storage: StorageSettings) -> list[Path]:
    """Those that hold something."""
    return [path for path in (storage.directory / "journal").glob("*.jsonl") if path.stat().st_size]


def kept_in_the_journal(storage: StorageSettings, load: Load) -> None:
    """Return when replies have left that only the journal holds."""
    wait_until(lambda: bool(journals(storage)))
    load.wait_for(WELL)


def end(process: subprocess.Popen[str], how: int) -> float:
    """Send the signal; how many seconds the process took to end."""
    begun = time.monotonic()
    process.send_signal(how)
    process.wait(60)
    return time.monotonic() - begun


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
def test_a_server_that_ends_in_an_outage_leaves_its_journal_to_the_next(
    storage: StorageSettings,
    outage: Outage,
    keys: tuple[str, str],
    models_directory: Path,
    how: signal.Signals,
) -> None:
    with ExitStack() as running:
        process, address = running.enter_context(served(storage, models_directory))
        load = running.enter_context(loaded(address, *keys))
        with outage():
            kept_in_the_journal(storage, load)
            took = end(process, how)
            load.stop()
    assert took < GRACE
    assert journals(storage)
    with served(storage, models_directory):
        wait_until(lambda: not journals(storage))
    assert_nothing_lost(storage, load)


def test_of_two_servers_on_one_folder_one_counts_what_the_other_left(
    own_server: PostgresServer, models_directory: Path, tmp_path: Path
) -> None:
    storage = StorageSettings(directory=tmp_path / "data", url=own_server.create())
    with Database(storage) as database:
        database.migrate()
        made, _, secret = ApplicationRepository(database).create_application("load", actor=ACTOR)
    with ExitStack() as running:
        first, address = running.enter_context(served(storage, models_directory))
        _, other_address = running.enter_context(served(storage, models_directory))
        loads = [
            running.enter_context(loaded(each, made.app_key, secret)) for each in (address, other_address)
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
