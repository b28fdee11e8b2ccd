"""A database that something has taken the tables out of, while a server is using it."""

import sqlite3
from contextlib import closing
from pathlib import Path


def spoil(file: Path) -> None:
    """Drop every table of an SQLite file."""
    with closing(sqlite3.connect(file)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        connection.execute("PRAGMA foreign_keys = OFF")
        for table in tables:
            if not table.startswith("sqlite_"):
                connection.execute(f'DROP TABLE "{table}"')
