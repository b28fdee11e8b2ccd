"""A server process that the tests of this folder share: each leaves it as it found it."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bonaface.settings import StorageSettings
from conftest import need_service
from support.models.analyses import SteadyAnalyzer
from support.observability.logs import discard_logs
from support.pictures import images
from support.servers.served import QUICK_ENGINE, Served, serving
from support.servers.thread import RunningServer, running, settings_in
from support.storage.postgres import PostgresServer, running_postgres, why_not


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    """Unconfigured logs draw every traceback with its local variables, which takes longer than an outage."""
    discard_logs()


@pytest.fixture(scope="session")
def small() -> bytes:
    """The smallest image that is taken; it has no face."""
    return images.png(80, 80)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, models_directory: Path) -> Iterator[Served]:
    """A real server on the engine that starts soonest, with more connections than this user's files allow."""
    more: dict[str, object] = {"max_connections": 2000}
    folder = tmp_path_factory.mktemp("served")
    with serving(folder, models_directory, models=QUICK_ENGINE, server=more) as served:
        yield served


@pytest.fixture(scope="session")
def own_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server that a test may freeze or stop, if it goes on at the test's end."""
    need_service(why_not())
    with running_postgres() as server:
        with psycopg.connect(server.url, autocommit=True) as connection:  # what is committed outlives a stop
            connection.execute("ALTER ROLE bonaface SET synchronous_commit = on")
        yield server


@pytest.fixture
def own_storage(own_server: PostgresServer, tmp_path: Path) -> StorageSettings:
    """A new database on the server that a test may freeze or stop."""
    return StorageSettings(directory=tmp_path / "data", url=own_server.create())


@pytest.fixture
def server(own_storage: StorageSettings, tmp_path: Path) -> Iterator[RunningServer]:
    """A server in a thread whose database that is."""
    with running(SteadyAnalyzer(), settings_in(tmp_path, storage=own_storage.model_dump())) as server:
        yield server
