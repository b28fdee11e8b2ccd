"""Migrated PostgreSQL databases that tests have one after the other: each finds it without rows.

A new database is some three hundred files, which takes longer than most of the tests that ask for one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from support.storage.postgres import PostgresServer

OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
SHAPE = """
SELECT concat(
  (SELECT string_agg(concat(oid, ' ', xmin), ',' ORDER BY oid) FROM pg_namespace),
  (SELECT string_agg(concat(oid, ' ', xmin), ',' ORDER BY oid) FROM ours),
  (SELECT string_agg(concat(c.oid, ' ', c.xmin), ',' ORDER BY c.oid)
     FROM pg_constraint AS c JOIN ours ON ours.oid = conrelid),
  (SELECT string_agg(concat(t.oid, ' ', t.xmin), ',' ORDER BY t.oid)
     FROM pg_trigger AS t JOIN ours ON ours.oid = tgrelid),
  (SELECT string_agg(concat(a.attrelid, ' ', a.attnum, ' ', a.xmin), ',' ORDER BY a.attrelid, a.attnum)
     FROM pg_attribute AS a JOIN ours ON ours.oid = attrelid),
  (SELECT string_agg(concat(oid, ' ', xmin), ',' ORDER BY oid)
     FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
  (SELECT string_agg(concat(setdatabase, ' ', setrole, ' ', setconfig), ',') FROM pg_db_role_setting)
)
"""
"""What tables, columns, triggers and functions there are, and since which transaction each is as it is."""
OURS = "WITH ours AS (SELECT oid, xmin FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
RESTART = "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass
class _Kept:
    """One database, with how it looked when nobody had used it."""

    url: str
    connection: psycopg.Connection
    shape: str
    rows: Rows


class MigratedDatabases:
    """Gives them out; makes one more where all are taken."""

    def __init__(self, server: PostgresServer, template: str) -> None:
        self._server = server
        self._template = template
        self._free: list[_Kept] = []

    @contextmanager
    def one(self) -> Iterator[str]:
        """The URL of one that nobody else has while the block runs."""
        kept = self._free.pop() if self._free else self._made()
        yield kept.url
        if _emptied(kept):
            self._free.append(kept)
        else:
            kept.connection.close()
            self._server.drop(kept.url)

    def close(self) -> None:
        """End the connections by which they are looked after."""
        for kept in self._free:
            kept.connection.close()

    def _made(self) -> _Kept:
        url = self._server.copy(self._template)
        connection = psycopg.connect(url, autocommit=True)
        connection.execute("SET session_replication_role = replica")  # no trigger keeps a row from going
        return _Kept(url, connection, _shape(connection), _rows(connection))


def _emptied(kept: _Kept) -> bool:
    """Take away what a test left; False where that is more than rows."""
    kept.connection.execute(OTHERS)
    if _shape(kept.connection) != kept.shape:
        return False
    for table in (table for table, rows in kept.rows.items() if not rows):
        kept.connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    kept.connection.execute(RESTART)
    return _rows(kept.connection) == kept.rows


def _shape(connection: psycopg.Connection) -> str:
    (found,) = connection.execute(f"{OURS} {SHAPE}").fetchall()
    return str(found[0])


def _rows(connection: psycopg.Connection) -> Rows:
    """Of each table. Those that a migrated database has are few."""
    tables = [str(name) for (name,) in connection.execute(TABLES).fetchall()]
    query = "SELECT * FROM {}"
    return {
        table: connection.execute(sql.SQL(query).format(sql.Identifier(table))).fetchall() for table in tables
    }
