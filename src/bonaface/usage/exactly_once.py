"""Each batch of replies is counted once, however often it is given to the database.

A ledger is a writer with an id of its own that numbers its batches. The transaction that counts a batch also
moves the writer's row to its number. So a commit of which nobody knows whether it was done is given again:
the row tells. Batches must come in the order of their numbers: one that is
lower than the row counts as done.

Batches that waited in a journal say which database they are for. The same transaction compares its id:
what stands behind a URL may have changed at any time.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.sql.dml import ReturningInsert

from bonaface.errors import StorageError
from bonaface.storage.database import SOON, Database, identity_of
from bonaface.storage.dialect import insert_into
from bonaface.storage.tables import usage_writers
from bonaface.usage.last_used import LastUsed, mark_used
from bonaface.usage.types import ReplyBatch
from bonaface.usage.upserts import UsageWriter


class OtherDatabaseError(StorageError):
    """The batches are for the database with the id `wanted`; the one that is to count them has `found`."""

    def __init__(self, wanted: str, found: str) -> None:
        super().__init__(f"The batches are for the database {wanted}, and this one is {found}.")
        self.wanted = wanted
        self.found = found


class ExactlyOnceWriter:
    """Counts the batches of writers in `database`, which must be migrated. For one thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writer = UsageWriter(database.dialect)
        self._used = LastUsed()
        self._mover = _mover(database.dialect)

    def write(
        self,
        writer_id: str,
        batches: Sequence[ReplyBatch],
        within: float = SOON,
        database_id: str | None = None,
    ) -> None:
        """Count what is not counted yet of `batches`, in one transaction, `within` seconds.

        Raises OtherDatabaseError when the database is not the one with `database_id` (None is any): nothing
        is counted. Raises StorageError: whether they are counted is not known, and it may be called again.
        """
        due = self._used.due(reply for batch in batches for reply in batch.replies)
        with self._database.writing(within) as connection:
            if database_id is not None and (found := identity_of(connection)) != database_id:
                raise OtherDatabaseError(database_id, found)
            new = self._claim(connection, writer_id, batches)
            if new:
                self._writer.write(connection, [reply for batch in new for reply in batch.replies])
                mark_used(connection, due)
        self._used.remember(due)

    def _claim(
        self, connection: Connection, writer_id: str, batches: Sequence[ReplyBatch]
    ) -> Sequence[ReplyBatch]:
        """Those of `batches` that this transaction is to count: whoever claims them too waits for its end."""
        if self._move(connection, writer_id, batches):
            return batches
        row = select(usage_writers.c.last_group).where(usage_writers.c.writer_id == writer_id)
        last: int = connection.execute(row).scalar_one()  # locked by `_move`, which found it too high
        new = [batch for batch in batches if batch.number > last]
        if new:
            self._move(connection, writer_id, new)
        return new

    def _move(self, connection: Connection, writer_id: str, batches: Sequence[ReplyBatch]) -> bool:
        """Move the writer's row from before the first of `batches` to the last; False when it is beyond."""
        row = {
            "writer_id": writer_id,
            "last_group": batches[-1].number,
            "at": _latest(batches),
            "first": batches[0].number,
        }
        return connection.execute(self._mover, row).first() is not None


def _mover(dialect: str) -> ReturningInsert[str]:
    """Puts a writer's row at a batch, unless it is at or beyond the one named `first`."""
    new = insert_into(usage_writers, dialect)
    moved = new.on_conflict_do_update(
        index_elements=[usage_writers.c.writer_id],
        set_={"last_group": new.excluded.last_group, "at": new.excluded.at},
        where=usage_writers.c.last_group < bindparam("first"),
    )
    return moved.returning(usage_writers.c.writer_id)


def _latest(batches: Sequence[ReplyBatch]) -> datetime:
    return max(reply.at for batch in batches for reply in batch.replies)
