"""What is not kept for ever: usage by the hour, rates and tokens that ended, old writers and feedback.

Days were written with the hours in the same transactions, so nothing is rolled up and no sum changes.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, Connection, Table, delete, select, tuple_

from bonaface.clock import Clock
from bonaface.errors import StorageError
from bonaface.storage.database import Database
from bonaface.storage.tables import capture_tokens, feedback, rate_windows, usage_hours, usage_writers
from bonaface.usage.periods import Period, begin_of
from bonaface.usage.repeating_thread import RepeatingThread

BATCH = 500
"""Rows that one transaction removes: whoever wants to write waits for so many at most."""
WRITERS = timedelta(days=366)
"""A journal that is found after that long may be counted twice."""
FEEDBACK = timedelta(days=366)
"""After its answer, a report is forgotten."""
EVERY_SECONDS = 3600.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Compacted:
    """Rows that were removed."""

    hours: int
    rates: int
    writers: int = 0
    tokens: int = 0
    feedback: int = 0


NOTHING = Compacted(0, 0)


class Retention:
    """Removes hours older than `days` days, rates and capture tokens that ended, writers silent for a year,
    feedback on answers that are older than that.

    Raises StorageError.
    """

    def __init__(self, database: Database, days: int, clock: Clock | None = None) -> None:
        self._database = database
        self._days = days
        self._clock = clock or database.clock

    @property
    def oldest_hour(self) -> datetime:
        """The first hour that is kept."""
        return begin_of(Period.HOUR, self._clock() - timedelta(days=self._days))

    def compact(self, go_on: Callable[[], bool] = lambda: True) -> Compacted:
        """Remove what is due, a batch at a time, as long as `go_on` says so."""
        is_old = usage_hours.c.hour < self.oldest_hour
        has_expired = rate_windows.c.expires_at < self._clock().timestamp()
        is_silent = usage_writers.c.at < self._clock() - WRITERS
        is_forgotten = feedback.c.answered_at < self._clock() - FEEDBACK
        has_ended = capture_tokens.c.expires_at <= self._clock()
        return Compacted(
            hours=self._remove(usage_hours, is_old, go_on),
            rates=self._remove(rate_windows, has_expired, go_on),
            writers=self._remove(usage_writers, is_silent, go_on),
            tokens=self._remove(capture_tokens, has_ended, go_on),
            feedback=self._remove(feedback, is_forgotten, go_on),
        )

    def _remove(self, table: Table, is_due: ColumnElement[bool], go_on: Callable[[], bool]) -> int:
        removed = 0
        while go_on():
            with self._database.writing() as connection:
                batch = _remove_batch(connection, table, is_due)
            removed += batch
            if batch < BATCH:
                break
        return removed


class Housekeeping:
    """Compacts once when started and every hour, in a thread of its own; a failure is logged and passes.

    also: what else is due every hour. It may raise StorageError.
    """

    def __init__(
        self, retention: Retention, every: float = EVERY_SECONDS, also: Callable[[], object] = lambda: None
    ) -> None:
        self._retention = retention
        self._also = also
        self._thread = RepeatingThread("housekeeping", self._compact, every)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the batch that is being removed. Does nothing if it never began."""
        self._thread.stop()

    def _compact(self) -> None:
        try:
            removed = self._retention.compact(lambda: not self._thread.is_stopped)
            self._also()
        except StorageError as error:
            log.warning("usage.not_compacted", error=str(error))
        except Exception:  # a fault of ours must not end the thread
            log.exception("usage.not_compacted")
        else:
            if removed != NOTHING:
                log.info("usage.compacted", **asdict(removed))


def _remove_batch(connection: Connection, table: Table, is_due: ColumnElement[bool]) -> int:
    key = list(table.primary_key.columns)
    # whoever holds a row is about to renew it
    some = select(*key).where(is_due).limit(BATCH).with_for_update(skip_locked=True)
    done = connection.execute(delete(table).where(tuple_(*key).in_(some), is_due))
    return done.rowcount
