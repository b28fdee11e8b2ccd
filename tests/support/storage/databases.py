"""Databases by name, for programs that take one: `sqlite`, `postgresql`, or a URL."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bonaface.settings import StorageSettings
from support.storage import postgres


@contextmanager
def database_named(name: str) -> Iterator[StorageSettings]:
    """Settings of a new SQLite file, of a new database on a PostgreSQL server of its own, or of a URL."""
    with tempfile.TemporaryDirectory(prefix="bonaface-") as folder:
        if name != "postgresql":
            yield StorageSettings(directory=Path(folder), url=None if name == "sqlite" else name)
            return
        with postgres.running_postgres() as server:
            yield StorageSettings(directory=Path(folder), url=server.create())
