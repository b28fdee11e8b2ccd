"""SQLite as bonaface uses it: one owner-only file, WAL, transactions that begin when we say so.

Settings of each connection, and why:
- `busy_timeout`: a writer waits for another one instead of failing at once;
- `foreign_keys`: off by default in SQLite;
- `synchronous=FULL`: with WAL, NORMAL may lose the last commits when the power fails. A key that was
  disabled must stay disabled, one that was shown must exist, and a reply that was counted must stay counted;
  replies are counted in batches, so that one sync serves many.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from bonaface.errors import ConfigurationError
from bonaface.storage import files

DRIVERS = ("sqlite", "sqlite+pysqlite")
BEGIN = "sqlite_begin"
"""Execution option of a connection: the kind of transaction, DEFERRED (reads) or IMMEDIATE (writes)."""
CONNECTION_SETTINGS = ("busy_timeout=5000", "foreign_keys=ON", "synchronous=FULL")
POOL_TIMEOUT = 5.0
COMPANIONS = ("", "-wal", "-shm", "-journal")


def file_of(url: URL) -> Path:
    """The absolute path of the file that a SQLite URL names.

    Raises ConfigurationError for an in-memory database, another driver, and query parameters.
    """
    is_plain = url.drivername in DRIVERS and not url.query and not url.host
    if not is_plain or not url.database or url.database == ":memory:":
        raise ConfigurationError(
            "storage.url must name a SQLite file, as in sqlite:////var/lib/bonaface/bonaface.db, "
            "without parameters, or PostgreSQL, as in postgresql://user:password@host/bonaface."
        )
    return Path(url.database).absolute()


def open_engine(file: Path) -> Engine:
    """An engine on an existing file; it touches the disk only when first used and never makes the file.

    SQLite itself would make a missing file with the mode that the umask leaves: `mode=rw` forbids it.
    """
    url = URL.create("sqlite", database=file.as_uri(), query={"mode": "rw", "uri": "true"})
    engine = create_engine(url, pool_timeout=POOL_TIMEOUT, hide_parameters=True)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def preparing(engine: Engine, file: Path) -> Iterator[Connection]:
    """Make the file where it is missing and hold it alone: a connection in one transaction of its own.

    The lock file keeps a second process from the file until the first one's transaction ended; SQLite's own
    locks do not, because the change to WAL fails at once when two connections attempt it.
    """
    files.make_folder(file.parent)
    with files.exclusive(file.with_name(f"{file.name}.lock")):
        files.make_file(file)
        for suffix in COMPANIONS:
            files.tighten(file.with_name(file.name + suffix))
        _use_wal(engine)
        with engine.connect() as connection:
            connection = connection.execution_options(**{BEGIN: "IMMEDIATE"})
            with connection.begin():
                yield connection


def _use_wal(engine: Engine) -> None:
    """Write-ahead log: readers and the writer do not wait for each other. The file remembers it."""
    connection = engine.raw_connection()  # the mode cannot change inside a transaction
    try:
        connection.cursor().execute("PRAGMA journal_mode=WAL").close()
    finally:
        connection.close()


def _set_up(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin transactions: `_begin` does
    for setting in CONNECTION_SETTINGS:
        connection.execute(f"PRAGMA {setting}").close()


def _begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get(BEGIN, "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")
