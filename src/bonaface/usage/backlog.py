"""What only the journal of a ledger holds: which replies, of whose month, since when."""

import threading
import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import structlog

from bonaface.usage.exactly_once import OtherDatabaseError
from bonaface.usage.journal import Journal
from bonaface.usage.journal_file import JournalChunk
from bonaface.usage.periods import Period, begin_of
from bonaface.usage.recovery import log_other_database
from bonaface.usage.types import ReplyBatch

log = structlog.get_logger(__name__)


class Backlog:
    """Replies that are counted in `journal` and not in the database yet. Methods raise StorageError.

    Hold `lock` from the decision where a batch goes until it is there: for all methods but `served`.
    """

    def __init__(self, journal: Journal) -> None:
        self.lock = threading.Lock()
        self._journal = journal
        self._served = Counter[tuple[int, datetime]]()
        self._since: float | None = None

    @property
    def writer_id(self) -> str:
        """Whose batches they are."""
        return self._journal.writer_id

    @property
    def database_id(self) -> str:
        """Of the database that is to count them."""
        return self._journal.database_id

    @property
    def is_empty(self) -> bool:
        """Whether there are none."""
        return self._journal.is_empty

    def served(self, application_id: int, month: datetime) -> int:
        """How many of them take of the quota of a month (its first moment)."""
        return self._served[application_id, month]

    def add(self, batch: ReplyBatch, reason: Exception) -> None:
        """Have `batch` on disk when this returns; the database did not count it, for this `reason`."""
        is_first = self.is_empty
        self._journal.append(batch)
        self._served += _served([batch])
        if is_first:
            self._since = time.monotonic()
            log.warning("ledger.journal.opened", error=str(reason))

    def oldest(self) -> JournalChunk:
        """The batches that the database is to be given next. There must be some."""
        return self._journal.read()

    def forget(self, chunk: JournalChunk) -> None:
        """`chunk`, the oldest, is in the database."""
        self._journal.forget(chunk)
        self._served -= _served(chunk.batches)

    def leave(self, error: OtherDatabaseError) -> None:
        """Another database has come to stand behind the URL: what there is, is none of its."""
        replies = self._journal.replies
        name = self._journal.set_aside(error.found)
        self._served.clear()
        log_other_database(name, replies, error)

    def tell_drained(self) -> None:
        """Log that there are none any more, if that was not told yet."""
        if self._since is not None:
            log.info("ledger.journal.drained", seconds=round(time.monotonic() - self._since, 1))
            self._since = None


def _served(batches: Iterable[ReplyBatch]) -> "Counter[tuple[int, datetime]]":
    """What batches take of month quotas, by application and first moment of the month."""
    return Counter(
        (reply.application_id, begin_of(Period.MONTH, reply.at))
        for batch in batches
        for reply in batch.replies
        if reply.is_served
    )
