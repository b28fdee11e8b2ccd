"""From what the database library raises to StorageError with a sentence."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bonaface.errors import StorageError

GENERAL = (
    "The database cannot be read or written; check that it exists, that its disk has free space, "
    "and that the user who runs bonaface owns it."
)
DAMAGED = "The database file is damaged or is not a database; restore it from a backup."
BUSY = "The database is busy; try again in a moment."
SENTENCES = {
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_FULL: "The disk of the database is full; make room on it.",
    sqlite3.SQLITE_READONLY: "The database cannot be written; let the user who runs bonaface own its folder.",
}
PRIMARY_CODE = 0xFF  # SQLite keeps details of an error in the bits above


@contextmanager
def explained() -> Iterator[None]:
    """Turn errors of the database inside the block into StorageError; let all others pass."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:  # sqlite3's own come bare out of connect events
        raise StorageError(_sentence(error)) from error


def _sentence(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    return GENERAL if code is None else SENTENCES.get(code & PRIMARY_CODE, GENERAL)
