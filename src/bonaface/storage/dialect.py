"""SQLite and PostgreSQL, where a statement differs: each has an insert of its own, with the same methods."""

from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

SQLITE = "sqlite"


def insert_into(table: Table, dialect: str) -> postgresql.Insert:
    """An insert into `table` that may say what a conflict does; dialect: as `Database.dialect` names it."""
    made = sqlite.insert(table) if dialect == SQLITE else postgresql.insert(table)
    return cast(postgresql.Insert, made)
