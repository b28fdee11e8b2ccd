"""A copy of the SQLite database while servers go on writing to it: SQLite's online backup.

Copying the file itself would miss what is still in the write-ahead log, or catch it half-way.
"""

import contextlib
import os
import sqlite3
import tempfile
from pathlib import Path

from bonaface.errors import ConfigurationError, StorageError
from bonaface.storage import faults
from bonaface.storage.database import Database

NOT_SQLITE = "The database is PostgreSQL; back it up with pg_dump."
EXISTS = "{target} exists; name a file that does not."
NO_FOLDER = "{target} cannot be written; name a file in a folder that you own, with free space."
BROKEN = "The copy is damaged: check the disk of the database and restore an earlier backup if it is too."


def back_up(database: Database, target: Path) -> int:
    """Write a consistent, checked copy of `database` to `target` (mode 0600); its size in bytes.

    `target` appears whole or not at all. Raises ConfigurationError when the database is not SQLite or
    `target` exists, StorageError when reading or writing fails.
    """
    if database.file is None:
        raise ConfigurationError(NOT_SQLITE)
    if target.exists():
        raise ConfigurationError(EXISTS.format(target=target))
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # mode 0600
        os.close(descriptor)
    except OSError as error:
        raise StorageError(NO_FOLDER.format(target=target)) from error
    copy = Path(name)
    try:
        with faults.explained():
            _copy(database.file, copy)
        os.link(copy, target)  # unlike a rename it refuses a file that came in the meantime
    except OSError as error:
        raise StorageError(NO_FOLDER.format(target=target)) from error
    finally:
        copy.unlink(missing_ok=True)
    return target.stat().st_size


def _copy(source: Path, copy: Path) -> None:
    address = f"{source.as_uri()}?mode=ro"
    with (
        contextlib.closing(sqlite3.connect(address, uri=True)) as reader,
        contextlib.closing(sqlite3.connect(copy)) as writer,
    ):
        reader.backup(writer)
        writer.execute("PRAGMA journal_mode=DELETE").close()  # one file, nothing beside it
        if writer.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise StorageError(BROKEN)
