"""deploy/postgresql/partitions.sql, on a real server: usage by the hour in a table for each month."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from bonaface.usage.exactly_once import ExactlyOnceWriter
from bonaface.usage.retention import Retention
from bonaface.usage.types import Reply, ReplyBatch, ReplyLabel
from conftest import ROOT
from support.storage.counts import tables_agree
from support.storage.reused import MigratedDatabases

SCRIPT = (ROOT / "deploy" / "postgresql" / "partitions.sql").read_text("utf-8")
AGAIN = "SELECT partition_usage_hours('90 days')"
NOW = datetime.now(UTC)
MONTH = timedelta(days=31)


@pytest.fixture
def storage(migrated_databases: MigratedDatabases) -> Iterator[StorageSettings]:
    """A migrated database without rows."""
    with migrated_databases.one() as url:
        yield StorageSettings(url=url)


def _count(database: Database, writer: str, *moments: datetime) -> None:
    replies = tuple(Reply(1, None, ReplyLabel.FACES, 1, 0, 5, at) for at in moments)
    ExactlyOnceWriter(database).write(writer * 32, [ReplyBatch(1, replies)], within=30)


def _tables(connection: psycopg.Connection) -> dict[str, int]:
    """Rows of each table that holds usage by the hour, where there are any."""
    asked = "SELECT tableoid::regclass::text, count(*) FROM usage_hours GROUP BY 1"
    return {str(name): int(count) for name, count in connection.execute(asked).fetchall()}


def _of(moment: datetime) -> str:
    return f"usage_hours_{moment:%Y_%m}"


def test_a_month_is_a_table_and_goes_with_it(storage: StorageSettings) -> None:
    with Database(storage) as database, psycopg.connect(str(storage.url), autocommit=True) as connection:
        recent, old = NOW - MONTH, NOW - 5 * MONTH
        _count(database, "1", NOW, recent, old)
        connection.execute(SCRIPT)
        assert _tables(connection) == {_of(NOW): 1, _of(recent): 1, "usage_hours_rest": 1}
        assert tables_agree(storage)
        assert Retention(database, days=90).compact().hours == 1  # what is older than any month's table

        connection.execute("SELECT partition_usage_hours('0 days')")
        assert _tables(connection) == {_of(NOW): 1}


def test_replies_are_counted_whatever_month_they_are_of(storage: StorageSettings) -> None:
    """One of a journal that lay about for long, and one of a month whose table nobody made, among them."""
    with Database(storage) as database, psycopg.connect(str(storage.url), autocommit=True) as connection:
        connection.execute(SCRIPT)
        for _ in range(2):
            _count(database, "1", NOW, NOW)
            _count(database, "2", NOW, NOW - 5 * MONTH, NOW - MONTH)
        assert _tables(connection)["usage_hours_rest"] == 2
        connection.execute(AGAIN)
        assert _tables(connection) == {_of(NOW): 1, _of(NOW - MONTH): 1, "usage_hours_rest": 1}
        assert tables_agree(storage)
        assert connection.execute("SELECT sum(requests) FROM usage_hours").fetchone() == (5,)
