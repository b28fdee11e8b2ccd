"""Given twice, counted once."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from bonaface.errors import StorageError
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from bonaface.storage.tables import usage_writers
from bonaface.usage.exactly_once import ExactlyOnceWriter
from bonaface.usage.periods import Period
from bonaface.usage.queries import UsageRepository
from bonaface.usage.types import Reply, ReplyBatch, ReplyLabel
from support.storage.accounts import statements

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)
EVER = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
ONE, OTHER = "1" * 32, "2" * 32


def batch(number: int, replies: int = 1) -> ReplyBatch:
    at = NOON + timedelta(seconds=number)
    return ReplyBatch(number, tuple(Reply(1, None, ReplyLabel.FACES, 1, 0, 5, at) for _ in range(replies)))


def counted(database: Database) -> int:
    return sum(row.requests for row in UsageRepository(database).usage(Period.DAY, *EVER))


def rows(database: Database) -> dict[str, tuple[int, datetime]]:
    with database.reading() as connection:
        return {row.writer_id: (row.last_group, row.at) for row in connection.execute(select(usage_writers))}


def test_a_group_that_is_given_again_counts_once(database: Database) -> None:
    writer = ExactlyOnceWriter(database)
    for number in (1, 1, 2, 2, 1):
        writer.write(ONE, [batch(number, 3)])
    assert counted(database) == 6
    assert rows(database) == {ONE: (2, NOON + timedelta(seconds=2))}


def test_of_a_batch_only_what_is_new_counts(database: Database) -> None:
    writer = ExactlyOnceWriter(database)
    writer.write(ONE, [batch(1), batch(2, 10)])
    writer.write(ONE, [batch(1), batch(2, 10), batch(4, 100), batch(5, 1000)])
    writer.write(ONE, [batch(4, 100), batch(5, 1000)])
    assert counted(database) == 1111
    assert rows(database)[ONE][0] == 5


def test_writers_do_not_know_of_each_other(database: Database) -> None:
    for _ in range(2):
        for writer in (ONE, OTHER):
            ExactlyOnceWriter(database).write(writer, [batch(1)])
    assert counted(database) == 2


def test_a_group_costs_one_statement_more(database: Database) -> None:
    writer = ExactlyOnceWriter(database)
    writer.write(ONE, [batch(1)])
    with statements() as seen:
        writer.write(ONE, [batch(2)])
    assert [statement.split()[2] for statement in seen] == [
        "usage_writers", "usage_hours", "usage_days", "usage_totals",
    ]  # fmt: skip


def test_what_fails_moves_no_row(database: Database) -> None:
    writer = ExactlyOnceWriter(database)
    with database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE usage_totals RENAME TO away")
    with pytest.raises(StorageError):
        writer.write(ONE, [batch(1)])
    with database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO usage_totals")
    assert (rows(database), counted(database)) == ({}, 0)
    writer.write(ONE, [batch(1)])
    assert counted(database) == 1


def test_many_who_give_the_same_at_once_count_it_once(storage: StorageSettings) -> None:
    """A commit that hangs and its repetition may run at the same time."""
    barrier, failures = Barrier(4), list[Exception]()

    def give() -> None:
        with Database(storage) as database:
            writer = ExactlyOnceWriter(database)
            try:
                for number in range(1, 21):
                    barrier.wait()
                    writer.write(ONE, [batch(number), batch(number + 100)])
            except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
                failures.append(error)
                barrier.abort()

    threads = [Thread(target=give) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with Database(storage) as database:
        assert counted(database) == 2 + 19  # 1 and 101, then 102 to 120: a lower number counts as done
        assert rows(database)[ONE][0] == 120
