"""The storage URL changes while a journal waits: nothing is counted into the other database, nothing is lost.

Real `bonaface serve` processes with real weights, killed in an outage, on SQLite and on PostgreSQL.
"""

import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from bonaface.usage.set_aside import set_aside_in
from support.faults.outages import held
from support.load.steady import assert_nothing_lost, loaded
from support.servers.served import ONE_WORKER, QUICK_ENGINE, make_keys, serving
from support.storage.counts import counted
from support.storage.postgres import PostgresServer
from support.waiting import wait_until

WELL = -40000

Outage = Callable[[], AbstractContextManager[None]]


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """Two databases, each with an application of the same id."""
    if request.param == "sqlite":
        made = [f"sqlite:///{tmp_path}/{name}.db" for name in ("first", "second")]
    else:
        server: PostgresServer = request.getfixturevalue("own_server")
        made = [server.create(), server.create()]
    return made


@pytest.fixture
def outage(urls: list[str], request: pytest.FixtureRequest) -> Outage:
    """Has the first database answer nothing while a block runs."""
    if urls[0].startswith("sqlite"):
        return lambda: held(Path(urls[0].removeprefix("sqlite:///")))
    server: PostgresServer = request.getfixturevalue("own_server")
    return server.frozen


def identity(storage: StorageSettings) -> str:
    with Database(storage) as database:
        return database.identity()


@pytest.mark.timeout(300)
def test_a_journal_is_counted_by_its_own_database_alone(
    urls: list[str], outage: Outage, models_directory: Path, tmp_path: Path
) -> None:
    first, second = (StorageSettings(directory=tmp_path / "data", url=url) for url in urls)
    mine, theirs = make_keys(first), make_keys(second)
    assert mine.application_id == theirs.application_id  # it would be charged
    folder = first.directory / "journal"
    server = partial(serving, tmp_path, models_directory, serving=ONE_WORKER, models=QUICK_ENGINE)

    with (
        server(storage=first, keys=mine) as served,
        loaded(served.address, mine.app_key, mine.secret) as load,
        outage(),
    ):
        wait_until(lambda: any(path.stat().st_size for path in folder.glob("*.jsonl")))
        load.wait_for(WELL)
        served.send(signal.SIGKILL)
        served.wait()
        load.stop()

    with server(storage=second, keys=theirs) as served:
        wait_until(lambda: bool(set_aside_in(folder)))
    assert counted(second) == {}
    (aside,) = set_aside_in(folder)
    assert aside.database_id == identity(first)
    assert aside.replies() > 0
    (told,) = (str(event) for event in served.events("ledger.journal.other_database"))
    assert identity(first) in told
    assert identity(second) in told

    with server(storage=first, keys=mine):
        wait_until(lambda: not set_aside_in(folder))
    assert_nothing_lost(first, load)  # nor counted twice
    assert counted(second) == {}
