"""From what the database library raises to StorageError with a sentence."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError, TimeoutError

from bonaface.errors import StorageAwayError, StorageError, StorageUnavailableError

GENERAL = (
    "The database cannot be read or written; check that it exists, that its disk has free space, "
    "and that the user who runs bonaface owns it."
)
DAMAGED = "The database file is damaged or is not a database; restore it from a backup."
BUSY = "The database is busy; try again in a moment."
MISSING = "The database file cannot be opened; check that it exists and belongs to the user of bonaface."
SENTENCES = {
    sqlite3.SQLITE_CANTOPEN: MISSING,
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_FULL: "The disk of the database is full; make room on it.",
    sqlite3.SQLITE_READONLY: "The database cannot be written; let the user who runs bonaface own its folder.",
}
REFUSED = "The database cannot be reached or refused the login; check storage.url and that its server runs."
NO_CONNECTION = "The database has no connection left; raise its max_connections or stop what holds them."
POOLER = (
    "The database is behind a pooler, which refuses what connections are set to; set storage.pooled = true."
)
REFUSED_BY_POOLER = "unsupported startup parameter: options"
READ_ONLY = "25006"
TAKES_READS = "The database only takes reads; name the primary server in storage.url."
STATES = {
    "53100": "The disk of the database is full; make room on it.",
    "53300": NO_CONNECTION,
    "55P03": BUSY,
    "57014": BUSY,
    READ_ONLY: TAKES_READS,
    "42501": "The database user lacks rights; let it own the tables of bonaface.",
}
"""PostgreSQL's SQLSTATE to the sentence."""
KINDS: Mapping[str, type[StorageError]] = MappingProxyType(
    {
        BUSY: StorageUnavailableError,
        MISSING: StorageAwayError,
        REFUSED: StorageAwayError,
        NO_CONNECTION: StorageUnavailableError,
        TAKES_READS: StorageUnavailableError,
    }
)
"""Sentences of what another attempt may get past; any other is a StorageError."""
PRIMARY_CODE = 0xFF  # SQLite keeps details of an error in the bits above


@contextmanager
def explained() -> Iterator[None]:
    """Turn errors of the database inside the block into StorageError; let all others pass."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:  # sqlite3's own come bare out of connect events
        sentence = _sentence(error)
        raise KINDS.get(sentence, StorageError)(sentence) from error


def _sentence(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return SENTENCES.get(code & PRIMARY_CODE, GENERAL)
    if isinstance(error, TimeoutError):  # every connection of the pool is in use
        return BUSY
    if not hasattr(cause, "sqlstate"):
        return GENERAL
    if REFUSED_BY_POOLER in str(cause):
        return POOLER
    state = getattr(cause, "sqlstate", None) or ""
    return STATES.get(state, REFUSED if isinstance(error, OperationalError) else GENERAL)
