import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bonaface.errors import (
    BonafaceError,
    InvalidParameterError,
    StorageAwayError,
    StorageError,
    StorageUnavailableError,
)
from bonaface.storage import faults
from bonaface.storage.database import Database
from support.storage.accounts import database_in


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with database_in(tmp_path) as database:
        database.migrate()
        yield database


def _set(database: Database, pragma: str) -> None:
    """On the one connection that the pool holds and the next transaction uses."""
    with database.reading() as connection:
        connection.execute(text(f"PRAGMA {pragma}"))


def test_a_database_that_another_process_writes_is_busy(database: Database, tmp_path: Path) -> None:
    _set(database, "busy_timeout=0")
    other = sqlite3.connect(tmp_path / "bonaface.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with (
        pytest.raises(StorageUnavailableError, match=r"^The database is busy") as caught,
        database.writing(),
    ):
        pass
    assert not isinstance(caught.value, StorageAwayError)  # it answers others
    other.close()
    with database.writing():
        pass


def test_a_full_disk_is_named(database: Database) -> None:
    _set(database, "max_page_count=1")

    with (
        pytest.raises(StorageError, match=r"^The disk of the database is full"),
        database.writing() as connection,
    ):
        connection.execute(text("CREATE TABLE more AS SELECT zeroblob(1000000)"))


def test_a_database_that_may_only_be_read_is_named(database: Database) -> None:
    _set(database, "query_only=ON")

    with (
        pytest.raises(StorageError, match=r"^The database cannot be written"),
        database.writing() as connection,
    ):
        connection.execute(text("CREATE TABLE more (a)"))


def test_a_file_that_is_missing_cannot_be_reached(tmp_path: Path) -> None:
    with (
        database_in(tmp_path / "missing") as missing,
        pytest.raises(StorageAwayError, match=r"^The database file cannot be opened"),
        missing.reading(),
    ):
        pass


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "bonaface.db").write_bytes(b"not a database at all " * 100)

    with (
        database_in(tmp_path) as database,
        pytest.raises(StorageError, match=r"^The database file is damaged"),
    ):
        database.migrate()


def test_any_other_fault_of_the_database_has_the_general_sentence(database: Database) -> None:
    with pytest.raises(StorageError) as caught, database.reading() as connection:
        connection.execute(text("SELECT secret FROM nowhere"))

    assert str(caught.value) == faults.GENERAL
    assert type(caught.value) is StorageError
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("error", [KeyError("x"), InvalidParameterError("Do that.")])
def test_errors_that_are_not_the_databases_pass(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, faults.explained():
        raise error

    assert caught.value is error
    assert not isinstance(caught.value, StorageError)
    assert issubclass(StorageError, BonafaceError)
