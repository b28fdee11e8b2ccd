import traceback
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url, text

from bonaface.errors import ConfigurationError, StorageAwayError, StorageError, StorageUnavailableError
from bonaface.settings import StorageSettings
from bonaface.storage import faults, postgresql
from bonaface.storage.database import Database
from support.storage.accounts import run_at_once
from support.storage.postgres import PostgresServer, running_postgres

MIGRATE = """
import sys
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
print("ready", flush=True)
for line in sys.stdin:
    with Database(StorageSettings(url=line.strip())) as database:
        database.migrate()
        print(database.is_reachable(), database.identity(), flush=True)
"""
SETTINGS = {
    "timezone": "UTC",
    "lock_timeout": "5s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "1min",
    "application_name": "bonaface",
}


@pytest.fixture
def own_server(postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    """A server that a test may stop: not the one that the other tests are using."""
    del postgres_server  # asked for only to be skipped where none can be started
    with running_postgres() as server:
        with psycopg.connect(server.url, autocommit=True) as connection:  # what is committed outlives a stop
            connection.execute("ALTER ROLE bonaface SET synchronous_commit = on")
        yield server


def _said(error: BaseException) -> str:
    """What the error and its causes say, as a log would tell it."""
    return "".join(traceback.format_exception(error, limit=0))


def test_a_missing_driver_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "find_spec", lambda _: None)

    with pytest.raises(ConfigurationError, match=r"bonaface\[postgresql\]") as caught:
        Database(StorageSettings(url="postgresql://u:hidden@db/x"))
    assert "hidden" not in _said(caught.value)


@pytest.mark.parametrize("query", ["nope=hidden", "sslmode=disable&autocommit=hidden"])
def test_an_unknown_parameter_is_a_sentence(query: str) -> None:
    with pytest.raises(ConfigurationError, match=r"storage\.url has a parameter") as caught:
        Database(StorageSettings(url=f"postgresql://u:hidden@db/x?{query}"))
    assert "hidden" not in _said(caught.value)


def test_parameters_of_libpq_are_taken() -> None:
    url = postgresql.url_of(make_url("postgresql:///x?host=a&host=b&sslmode=require&channel_binding=disable"))
    assert url.query["host"] == ("a", "b")


@pytest.mark.parametrize("name", postgresql.DRIVERS)
def test_one_driver_is_used_for_every_way_to_write_it(name: str) -> None:
    url = postgresql.url_of(make_url(f"{name}://u:p@db/x"))

    assert url.drivername == "postgresql+psycopg"
    assert url.password == "p"


def test_each_connection_is_set_up(postgres_server: PostgresServer) -> None:
    with (
        Database(StorageSettings(url=postgres_server.create())) as database,
        database.reading() as connection,
    ):
        found = {name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in SETTINGS}

    assert found == SETTINGS


@pytest.mark.parametrize("wrong", ["password", "user", "database", "port"])
def test_a_login_that_is_refused_is_a_sentence_without_the_password(
    postgres_server: PostgresServer, wrong: str
) -> None:
    values = {"password": "wrong-hidden", "user": "nobody", "database": "missing", "port": "1"}
    url = _with(make_url(postgres_server.url), wrong, values[wrong])
    with Database(StorageSettings(url=url)) as database:
        for use in (database.migrate, database.reading().__enter__):
            with pytest.raises(StorageAwayError) as caught:
                use()
            assert str(caught.value) == faults.REFUSED
            assert postgres_server.password not in _said(caught.value)
            assert "hidden" not in _said(caught.value)
        assert not database.is_reachable()


def _with(url: URL, part: str, value: str) -> str:
    changed = url.set(
        username=value if part == "user" else url.username,
        password=value if part == "password" else url.password,
        database=value if part == "database" else url.database,
        port=int(value) if part == "port" else url.port,
    )
    return changed.render_as_string(hide_password=False)


def test_processes_that_migrate_at_once_all_succeed(postgres_server: PostgresServer) -> None:
    urls = [postgres_server.create() for _ in range(6)]
    printed = run_at_once(MIGRATE, urls, count=3)

    for url, lines in zip(urls, printed, strict=True):
        with Database(StorageSettings(url=url)) as database, database.reading() as connection:
            assert lines == [f"True {database.identity()}"] * 3
            versions = connection.execute(text("SELECT version_num FROM alembic_version"))
            assert versions.scalars().all() == ["0008"]
    assert len({lines[0] for lines in printed}) == 6


def test_a_server_that_was_started_again_is_found_by_the_same_database(
    own_server: PostgresServer, tmp_path: Path
) -> None:
    with Database(StorageSettings(directory=tmp_path, url=own_server.create())) as database:
        database.migrate()
        own_server.stop()
        with pytest.raises(StorageAwayError) as caught, database.reading():
            pass
        assert str(caught.value) == faults.REFUSED
        assert own_server.password not in _said(caught.value)
        assert not database.is_reachable()

        own_server.start()
        assert database.is_reachable()
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE more (n INTEGER)"))


def test_a_server_that_is_cut_off_in_a_transaction_loses_it_whole(
    own_server: PostgresServer, tmp_path: Path
) -> None:
    with Database(StorageSettings(directory=tmp_path, url=own_server.create())) as database:
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE more (n INTEGER)"))
        with pytest.raises(StorageError), database.writing() as connection:  # noqa: PT012 - the commit fails
            connection.execute(text("INSERT INTO more VALUES (1)"))
            own_server.stop()
        own_server.start()
        with database.reading() as connection:
            assert connection.execute(text("SELECT count(*) FROM more")).scalar_one() == 0


def test_a_row_that_another_transaction_holds_is_busy(postgres_server: PostgresServer) -> None:
    with Database(StorageSettings(url=postgres_server.create())) as database:
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE more (n INTEGER)"))
            connection.execute(text("INSERT INTO more VALUES (1)"))
        with database.writing() as holder:
            holder.execute(text("SELECT n FROM more FOR UPDATE"))
            with pytest.raises(StorageError) as caught, database.writing() as other:  # noqa: PT012
                other.execute(text("SET LOCAL lock_timeout = '50ms'"))
                other.execute(text("UPDATE more SET n = 2"))
        assert str(caught.value) == faults.BUSY


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (("SET LOCAL statement_timeout = '20ms'", "SELECT pg_sleep(5)"), faults.BUSY),
        (("SET TRANSACTION READ ONLY", "CREATE TABLE more (n INTEGER)"), faults.STATES["25006"]),
        (("SELECT * FROM nowhere",), faults.GENERAL),
    ],
)
def test_what_the_server_refuses_is_a_sentence(
    postgres_server: PostgresServer, statements: tuple[str, ...], sentence: str
) -> None:
    def ask(database: Database) -> None:
        with database.writing() as connection:
            for statement in statements:
                connection.execute(text(statement))

    with Database(StorageSettings(url=postgres_server.create())) as database:
        with pytest.raises(StorageError) as caught:
            ask(database)
        assert str(caught.value) == sentence


def test_a_standby_is_left_for_the_primary(postgres_server: PostgresServer) -> None:
    """A pool that keeps its connections would ask the server that was the primary for ever."""
    url = postgres_server.create()
    name = url.rpartition("/")[2]
    with Database(StorageSettings(url=url), connections=1) as database:
        with database.writing() as connection:
            connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
        with psycopg.connect(url, autocommit=True) as as_of_now:
            as_of_now.execute("SET default_transaction_read_only = off")
            database.close()
            with pytest.raises(StorageUnavailableError), database.writing() as connection:
                connection.execute(text("CREATE TABLE more (n INTEGER)"))
            as_of_now.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE more (n INTEGER)"))


def test_a_user_without_rights_is_told_so(postgres_server: PostgresServer) -> None:
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        connection.execute("CREATE ROLE poor LOGIN PASSWORD 'hidden'")
    url = make_url(postgres_server.create()).set(username="poor", password="hidden")
    with Database(StorageSettings(url=url.render_as_string(hide_password=False))) as database:
        with pytest.raises(StorageError) as caught:
            database.migrate()
        assert str(caught.value) == faults.STATES["42501"]
        assert "hidden" not in _said(caught.value)


def test_more_threads_than_connections_are_busy(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "POOL_TIMEOUT", 0.05)
    settings = StorageSettings(url=postgres_server.create())
    with Database(settings, connections=1) as database, database.reading():
        with pytest.raises(StorageError) as caught, database.reading():
            pass
        assert str(caught.value) == faults.BUSY
