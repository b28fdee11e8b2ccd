"""The audit trail: who changed what, when, and from where. Rows are added, and nothing else.

The database itself refuses to change or remove one (triggers of revision 0002). A detail says what something
was set to, never a secret, a token, or a hash of one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, insert, select

from bonaface.accounts.application import as_seen, is_one_line
from bonaface.clock import Clock, utc_now
from bonaface.storage.database import Database
from bonaface.storage.tables import audit, database_identity

MAX_ACTOR = 120
MAX_TARGET = 64
MAX_ACTION = 40
MAX_ORIGIN = 64


@dataclass(frozen=True, slots=True)
class Actor:
    """Who administers: `token:NAME`, `cli:USER` or `server`, and from where: an address or `local`."""

    name: str
    origin: str


SERVER = Actor("server", "local")
"""A server by itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. `target` is an appKey, or `token:ID`; `detail` is JSON; `at` is aware, in UTC."""

    id: int
    at: datetime
    actor: str
    action: str
    target: str
    detail: dict[str, Any]
    origin: str


@dataclass(frozen=True, slots=True)
class Sought:
    """Which entries are wanted: of what target, by whom, of which action; `begin` counts, `end` does not.

    Names are whole ones. None is any.
    """

    target: str | None = None
    actor: str | None = None
    action: str | None = None
    begin: datetime | None = None
    end: datetime | None = None

    @property
    def is_possible(self) -> bool:
        """Whether any entry can hold these names; a database cannot be asked for others."""
        given = (self.target, MAX_TARGET), (self.actor, MAX_ACTOR), (self.action, MAX_ACTION)
        return all(name is None or is_one_line(name, longest) for name, longest in given)

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """`query` of those entries alone."""
        columns = (audit.c.target, self.target), (audit.c.actor, self.actor), (audit.c.action, self.action)
        for column, name in columns:
            if name is not None:
                query = query.where(column == name)
        if self.begin is not None:
            query = query.where(audit.c.at >= self.begin)
        return query if self.end is None else query.where(audit.c.at < self.end)


EVERYTHING = Sought()


def record(
    connection: Connection,
    actor: Actor,
    action: str,
    target: str,
    detail: Mapping[str, object],
    at: datetime,
) -> None:
    """Add an entry in the transaction of `connection`: with the change that it tells of, or not at all."""
    connection.execute(
        insert(audit).values(
            at=at,
            actor=_storable(actor.name, MAX_ACTOR),
            action=action,
            target=target,
            detail=orjson.dumps(dict(detail), option=orjson.OPT_UTC_Z).decode(),
            origin=_storable(actor.origin, MAX_ORIGIN),
        )
    )


class AuditRepository:
    """The trail in `database`, which must be migrated. Thread-safe. Raises StorageError."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def note(self, actor: Actor, action: str, target: str, detail: Mapping[str, object]) -> None:
        """Add an entry about what is not kept in the database."""
        with self._database.writing() as connection:
            record(connection, actor, action, target, detail, self._clock())

    def note_change(self, actor: Actor, action: str, target: str, detail: Mapping[str, object]) -> None:
        """The same, unless the newest one of this action on this target says so already."""
        newest = Sought(target=target, action=action).narrow(select(audit)).order_by(audit.c.id.desc())
        with self._database.writing() as connection:
            # several processes begin at once: one after the other
            connection.execute(select(database_identity.c.id).with_for_update())
            last = connection.execute(newest.limit(1)).first()
            if last is None or orjson.loads(last.detail) != dict(detail):
                record(connection, actor, action, target, detail, self._clock())

    def entries(self, before: int | None = None, limit: int = 50, sought: Sought = EVERYTHING) -> list[Entry]:
        """The newest `limit` entries that are `sought`, newest first, and older than entry `before`."""
        if not sought.is_possible:
            return []
        query = sought.narrow(select(audit)).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < before)
        with self._database.reading() as connection:
            return [_entry(row) for row in connection.execute(query)]


def _storable(name: str, longest: int) -> str:
    """`name` as it can be read and kept: the system's user names may hold anything."""
    return as_seen(name[:longest])


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    return Entry(row.id, row.at, row.actor, row.action, row.target, orjson.loads(row.detail), row.origin)
