"""The time that PostgreSQL tells, and how it goes on until it is asked again."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from bonaface.clock import utc_now
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from bonaface.storage.database_clock import FRESH_SECONDS, SURE_SECONDS, DatabaseClock
from support.storage.postgres import PostgresServer

FAR = timedelta(minutes=7)
NEAR = timedelta(seconds=60)
"""Between two questions on a machine that is busy."""


class Seconds:
    """Seconds that go on by `step` whenever somebody looks."""

    def __init__(self) -> None:
        self.now = 0.0
        self.step = 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture
def connection(postgres_server: PostgresServer) -> Iterator[Connection]:
    with Database(StorageSettings(url=postgres_server.url)) as database, database.reading() as connection:
        yield connection


def slow() -> datetime:
    return utc_now() - FAR


def is_near(moment: datetime) -> bool:
    return abs(moment - utc_now()) < NEAR


def test_until_it_is_read_it_is_this_machines() -> None:
    assert is_near(DatabaseClock(slow)() + FAR)


def test_once_it_is_read_a_clock_of_ones_own_counts_no_more(connection: Connection) -> None:
    clock = DatabaseClock(slow)
    clock.read(connection)
    assert is_near(clock())
    assert clock().utcoffset() == timedelta(0)


def test_it_goes_on_by_seconds_that_nobody_sets_and_is_read_again_after_a_minute(
    connection: Connection,
) -> None:
    seconds = Seconds()
    clock = DatabaseClock(slow, seconds)
    clock.read(connection)
    first = clock()
    seconds.now += FRESH_SECONDS - 1
    clock.read(connection)
    assert clock() == first + timedelta(seconds=FRESH_SECONDS - 1)
    seconds.now += 10_000
    clock.read(connection)
    assert is_near(clock())


def test_an_answer_that_took_long_does_not_replace_another(connection: Connection) -> None:
    seconds = Seconds()
    clock = DatabaseClock(slow, seconds)
    clock.read(connection)
    seconds.now, before = FRESH_SECONDS * 60, clock()
    seconds.step = SURE_SECONDS + 0.1
    clock.read(connection)
    assert clock() > before + timedelta(minutes=59)


def test_all_that_use_a_database_share_its_clock(postgres_server: PostgresServer) -> None:
    clock = DatabaseClock(slow)
    with Database(StorageSettings(url=postgres_server.url), clock=clock) as database:
        with database.beside(1) as lookups, lookups.reading():
            assert is_near(lookups.clock())
        assert is_near(database.clock())


def test_of_sqlite_it_is_this_machines() -> None:
    with Database(StorageSettings(), clock=DatabaseClock(slow)) as database:
        assert is_near(database.clock())
