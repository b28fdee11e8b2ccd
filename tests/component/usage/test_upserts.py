"""Replies added to the tables."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

from sqlalchemy import Table, func, select

from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from bonaface.storage.tables import usage_days, usage_hours, usage_totals
from bonaface.usage.types import EVERYONE, Reply, ReplyLabel
from bonaface.usage.upserts import UsageWriter
from support.storage.accounts import statements

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)
ROUNDS = 30


def reply(application: int = 1, outcome: str = ReplyLabel.FACES, milliseconds: int = 5) -> Reply:
    return Reply(application, None, outcome, 1, 0, milliseconds, NOON + timedelta(minutes=application))


def requests_in(database: Database, table: Table) -> int:
    with database.reading() as connection:
        return int(connection.execute(select(func.sum(table.c.requests))).scalar() or 0)


def test_one_statement_a_table_whatever_the_number(database: Database) -> None:
    writer = UsageWriter(database.dialect)
    with statements() as seen, database.writing() as connection:
        writer.write(connection, [reply(number % 7) for number in range(100)])
    written = [statement for statement in seen if statement.startswith("INSERT")]
    assert [statement.split()[2] for statement in written] == ["usage_hours", "usage_days", "usage_totals"]


def test_groups_add_up(database: Database) -> None:
    writer = UsageWriter(database.dialect)
    for milliseconds in (5, 50, 20):
        with database.writing() as connection:
            writer.write(connection, [reply(milliseconds=milliseconds), reply(2)])
    with database.reading() as connection:
        rows = connection.execute(select(usage_hours).order_by("application_id")).all()
        everyone = connection.execute(select(usage_days).where(usage_days.c.application_id == EVERYONE)).one()
    assert [(row.requests, row.duration_ms, row.slowest_ms) for row in rows] == [(3, 75, 50), (3, 15, 5)]
    assert (everyone.requests, everyone.bona_fide, everyone.slowest_ms) == (6, 6, 50)


def test_many_writers_with_the_same_rows_in_any_order_lose_nothing(storage: StorageSettings) -> None:
    """Replicas: each thread has a database object of its own."""
    barrier, failures = Barrier(3), list[Exception]()

    def write_all(turn: int) -> None:
        with Database(storage) as database:
            writer = UsageWriter(database.dialect)
            replies = [reply(number) for number in range(20)]
            barrier.wait()
            try:
                for _ in range(ROUNDS):
                    replies = replies[turn + 1 :] + replies[: turn + 1]
                    with database.writing() as connection:
                        writer.write(connection, replies)
            except Exception as error:  # noqa: BLE001 - told to the test
                failures.append(error)

    threads = [Thread(target=write_all, args=(turn,)) for turn in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with Database(storage) as database:
        counted = [requests_in(database, table) for table in (usage_hours, usage_days, usage_totals)]
    assert counted == [1800, 3600, 1800]  # days hold each caller, and everyone
