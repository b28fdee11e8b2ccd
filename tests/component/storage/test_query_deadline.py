"""Waiting for PostgreSQL ends, whatever the server does."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from socket import create_server

import pytest
from sqlalchemy import text

from bonaface.errors import StorageAwayError
from bonaface.settings import StorageSettings
from bonaface.storage import faults
from bonaface.storage.database import Database
from bonaface.storage.query_deadline import LONGEST, QueryDeadline
from support.storage.postgres import PostgresServer

SHORT = 0.2
HANGS = 20.0
"""Less than the server's own limits and much more than anything here should take."""


@contextmanager
def given_up() -> Iterator[None]:
    """The block fails, as one that could not reach the server, and long before the server would end it."""
    begun = time.monotonic()
    with pytest.raises(StorageAwayError) as caught:
        yield
    assert str(caught.value) == faults.REFUSED
    assert time.monotonic() - begun < HANGS


def test_it_is_of_one_thread_and_one_block() -> None:
    deadline = QueryDeadline()
    others: list[float] = []
    with deadline.lasting(5):
        assert 0 < deadline.left <= 5
        thread = threading.Thread(target=lambda: others.append(deadline.left))
        thread.start()
        thread.join()
    with deadline.lasting(0):
        assert deadline.left == 0
    with deadline.lasting(None):
        assert deadline.left == LONGEST
    assert others == [LONGEST]


def test_a_statement_that_takes_longer_is_given_up(postgres_server: PostgresServer) -> None:
    with Database(StorageSettings(url=postgres_server.create())) as database:
        with given_up(), database.writing(SHORT) as connection:
            connection.execute(text(f"SELECT pg_sleep({2 * HANGS})"))
        with database.reading() as connection:
            assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_all_answers_share_the_time(postgres_server: PostgresServer) -> None:
    with Database(StorageSettings(url=postgres_server.create())) as database:
        with database.reading(HANGS) as connection:
            connection.execute(text(f"SELECT pg_sleep({SHORT})"))
        with given_up(), database.reading(SHORT * 4) as connection:  # each alone would be in time
            for _ in range(100):
                connection.execute(text(f"SELECT pg_sleep({SHORT})"))


def test_time_of_ours_is_not_the_servers(postgres_server: PostgresServer) -> None:
    """A process that gets no core for a while has not been kept waiting by its database."""
    with (
        Database(StorageSettings(url=postgres_server.create())) as database,
        database.reading(SHORT * 10) as connection,
    ):
        time.sleep(SHORT * 11)
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_an_answer_to_another_look_up_tells_that_it_is_there(postgres_server: PostgresServer) -> None:
    """One row that takes long is no outage while others come."""
    with Database(StorageSettings(url=postgres_server.create())) as database:
        database.migrate()
        with given_up(), database.looking_up() as connection:
            with ThreadPoolExecutor(1) as thread:
                assert thread.submit(database.is_reachable).result()
            connection.execute(text(f"SELECT pg_sleep({2 * HANGS})"))
        assert not database.breaker.is_open
        with given_up(), database.looking_up() as connection:
            connection.execute(text(f"SELECT pg_sleep({2 * HANGS})"))
        assert database.breaker.is_open


def test_a_server_that_takes_the_connection_and_says_nothing_is_given_up() -> None:
    with closing(create_server(("127.0.0.1", 0))) as listener:
        url = f"postgresql://u:p@127.0.0.1:{listener.getsockname()[1]}/x"
        with Database(StorageSettings(url=url)) as database:
            with given_up(), database.reading(SHORT):
                pass
            assert not database.is_reachable()


def test_connections_of_the_pool_that_went_silent_leave_no_time_for_a_new_one(
    postgres_server: PostgresServer,
) -> None:
    with Database(StorageSettings(url=postgres_server.create())) as database:
        with database.reading():
            pass
        with postgres_server.frozen(), given_up(), database.reading(SHORT):
            pass
        with database.reading() as connection:
            assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_a_look_up_in_vain_opens_the_breaker_and_a_longer_wait_does_not(
    postgres_server: PostgresServer,
) -> None:
    with Database(StorageSettings(url=postgres_server.create())) as database:
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE more (n INTEGER)"))
            connection.execute(text("INSERT INTO more VALUES (1)"))
        with database.writing() as holder:
            holder.execute(text("SELECT n FROM more FOR UPDATE"))
            with given_up(), database.writing(SHORT) as other:
                other.execute(text("UPDATE more SET n = 2"))
        with given_up(), database.reading(SHORT) as connection:
            connection.execute(text(f"SELECT pg_sleep({2 * HANGS})"))
        assert not database.breaker.is_open
        with postgres_server.frozen(), given_up(), database.looking_up():
            pass
        assert database.breaker.is_open
        with database.reading() as connection:
            assert connection.execute(text("SELECT n FROM more")).scalar_one() == 1
        assert not database.breaker.is_open


def test_connections_of_one_beside_it_are_its_own(postgres_server: PostgresServer) -> None:
    with Database(StorageSettings(url=postgres_server.create()), connections=1) as database:
        database.migrate()
        with database.beside(1) as beside, database.reading():  # the one connection is in use
            assert beside.is_reachable()
            assert not database.is_reachable()
            assert not database.breaker.is_open  # for want of a connection of the pool: it tells nothing
