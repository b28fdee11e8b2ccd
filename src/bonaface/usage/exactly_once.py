"""Each group of replies is counted once, however often it is given to the database.

A ledger is a writer with an id of its own that numbers its groups. The transaction that counts a group also
moves the writer's row to its number. So a commit of which nobody knows whether it was done is given again:
the row tells. Groups must come in the order of their numbers: one that is lower than the row counts as done.

Groups that waited in a journal say which database they are for. The same transaction compares its id: what
stands behind a URL may have changed at any time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from bonaface.errors import StorageError
from bonaface.storage.database import SOON, Database, identity_of
from bonaface.storage.tables import usage_writers
from bonaface.usage.last_used import LastUsed, mark_used
from bonaface.usage.types import Reply
from bonaface.usage.upserts import Book


@dataclass(frozen=True, slots=True)
class Group:
    """Replies that are counted together. `number` is over that of each group before, from 1 on."""

    number: int
    replies: tuple[Reply, ...]


class OtherDatabaseError(StorageError):
    """The groups are for the database with the id `wanted`, and the one that is to count them has `found`."""

    def __init__(self, wanted: str, found: str) -> None:
        super().__init__(f"The groups are for the database {wanted}, and this one is {found}.")
        self.wanted = wanted
        self.found = found


class OnceBook:
    """Counts the groups of writers in `database`, which must be migrated. For one thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._book = Book(database.dialect)
        self._used = LastUsed()
        self._mover = _mover(database.dialect)

    def book(
        self,
        writer_id: str,
        groups: Sequence[Group],
        within: float = SOON,
        database_id: str | None = None,
    ) -> None:
        """Count what is not counted yet of `groups`, in one transaction, `within` seconds.

        Raises OtherDatabaseError when the database is not the one with `database_id` (None is any): nothing
        is counted. Raises StorageError: whether they are counted is not known, and it may be called again.
        """
        due = self._used.due(reply for group in groups for reply in group.replies)
        with self._database.writing(within) as connection:
            if database_id is not None and (found := identity_of(connection)) != database_id:
                raise OtherDatabaseError(database_id, found)
            new = self._claim(connection, writer_id, groups)
            if new:
                self._book.write(connection, [reply for group in new for reply in group.replies])
                mark_used(connection, due)
        self._used.remember(due)

    def _claim(self, connection: Connection, writer_id: str, groups: Sequence[Group]) -> Sequence[Group]:
        """Those of `groups` that this transaction is to count: whoever claims them too waits for its end."""
        if self._move(connection, writer_id, groups):
            return groups
        row = select(usage_writers.c.last_group).where(usage_writers.c.writer_id == writer_id)
        last: int = connection.execute(row).scalar_one()  # locked by `_move`, which found it too high
        new = [group for group in groups if group.number > last]
        if new:
            self._move(connection, writer_id, new)
        return new

    def _move(self, connection: Connection, writer_id: str, groups: Sequence[Group]) -> bool:
        """Move the writer's row from before the first of `groups` to the last; False when it is beyond."""
        row = {
            "writer_id": writer_id,
            "last_group": groups[-1].number,
            "at": _latest(groups),
            "first": groups[0].number,
        }
        return connection.execute(self._mover, row).first() is not None


def _mover(dialect: str) -> Any:  # noqa: ANN401 - each engine has an insert of its own
    """Puts a writer's row at a group, unless it is at or beyond the one named `first`."""
    new: Any = (sqlite if dialect == "sqlite" else postgresql).insert(usage_writers)
    moved = new.on_conflict_do_update(
        index_elements=[usage_writers.c.writer_id],
        set_={"last_group": new.excluded.last_group, "at": new.excluded.at},
        where=usage_writers.c.last_group < bindparam("first"),
    )
    return moved.returning(usage_writers.c.writer_id)


def _latest(groups: Sequence[Group]) -> datetime:
    return max(reply.at for group in groups for reply in group.replies)
