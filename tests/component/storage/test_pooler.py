"""PostgreSQL behind a real pgbouncer, which gives connections out by session or by transaction."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import text

from bonaface.errors import StorageError
from bonaface.settings import StorageSettings
from bonaface.storage import faults
from bonaface.storage.database import Database
from bonaface.usage.exactly_once import ExactlyOnceWriter
from bonaface.usage.types import Reply, ReplyBatch, ReplyLabel
from conftest import need_service
from support.storage import pooler
from support.storage.counts import counted
from support.storage.pooler import Pooler, pooler_of
from support.storage.postgres import PostgresServer

SETTINGS = {
    "timezone": "UTC",
    "lock_timeout": "5s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "1min",
}
CONNECTIONS, CLIENTS, ROUNDS = 2, 12, 20


@pytest.fixture(params=["session", "transaction"])
def pooled(request: pytest.FixtureRequest, postgres_server: PostgresServer) -> Iterator[Pooler]:
    """Each test that takes it runs in both modes."""
    need_service(pooler.why_not())
    connections = CLIENTS + 1 if request.param == "session" else CONNECTIONS
    with pooler_of(postgres_server, request.param, connections) as made, made.running():
        yield made


@pytest.fixture
def behind(pooled: Pooler, postgres_server: PostgresServer) -> StorageSettings:
    """Settings of an empty database."""
    return StorageSettings(url=pooled.url_of(postgres_server.create()), pooled=True)


def test_limits_hold_in_each_transaction(behind: StorageSettings) -> None:
    with Database(behind) as database:
        for use in (database.reading, database.writing):
            with use() as connection:
                found = {name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in SETTINGS}
            assert found == SETTINGS


def test_many_processes_count_each_reply_once(
    behind: StorageSettings, postgres_server: PostgresServer
) -> None:
    """Of each writer the same statements so often that psycopg would have prepared them."""
    with ExitStack() as stack, ThreadPoolExecutor(CLIENTS) as threads:
        databases = [stack.enter_context(Database(behind, connections=1)) for _ in range(CLIENTS)]
        list(threads.map(Database.migrate, databases))  # one works, the others wait for its lock
        list(threads.map(_count, databases, range(CLIENTS)))
        with psycopg.connect(postgres_server.url) as connection:
            asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
            held = connection.execute(asked, [str(behind.url).rpartition("/")[2]]).fetchone()
    assert held is not None
    assert 1 <= held[0] <= CLIENTS + 1
    assert sum(counted(behind).get(1, {}).values()) == CLIENTS * ROUNDS


def _count(database: Database, place: int) -> None:
    writer, reply = ExactlyOnceWriter(database), _reply()
    for number in range(1, ROUNDS + 1):
        for _ in range(2):  # given twice
            writer.write(f"{place:032x}", [ReplyBatch(number, (reply,))], within=30)


def _reply() -> Reply:
    return Reply(1, None, ReplyLabel.FACES, 1, 0, 5, datetime.now(UTC))


def test_by_transaction_few_connections_serve_many_clients(postgres_server: PostgresServer) -> None:
    need_service(pooler.why_not())
    url = postgres_server.create()
    with pooler_of(postgres_server, "transaction", CONNECTIONS) as made, made.running(), ExitStack() as stack:
        settings = StorageSettings(url=made.url_of(url), pooled=True)
        for _ in range(CLIENTS):
            database = stack.enter_context(Database(settings, connections=1))
            with database.reading() as connection:
                connection.execute(text("SELECT 1"))
        with psycopg.connect(url) as connection:
            asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            (held,) = connection.execute(asked).fetchone() or (0,)
    assert 1 <= held - 1 <= CONNECTIONS  # but for the one that asks


def test_a_pooler_that_nothing_was_told_of_is_a_sentence(postgres_server: PostgresServer) -> None:
    need_service(pooler.why_not())
    with pooler_of(postgres_server, "transaction") as made, made.running():
        settings = StorageSettings(url=made.url_of(postgres_server.create()))
        with Database(settings) as database, pytest.raises(StorageError) as caught:
            database.migrate()
    assert str(caught.value) == faults.POOLER
