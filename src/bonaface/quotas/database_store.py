"""Moving windows in the database, for processes that share no other store.

The last `limit` admissions of a key stand in a ring of rows. The head row counts admissions; the row at
`count mod limit` is the one that a next admission takes, and holds when the admission that took it before
leaves the window. So one request reads and writes two rows, whatever the limit, and the window is exact.
A row that has expired is as good as none: whoever removes it changes nothing. So is one that expires later
than any admission of now could: the clock was set back since.
"""

from collections.abc import Callable

from sqlalchemy import Connection, Insert, select
from sqlalchemy.sql.dml import ReturningInsert

from bonaface.storage.database import SOON, Database
from bonaface.storage.dialect import insert_into
from bonaface.storage.tables import rate_windows


class DatabaseStore:
    """Admissions in table `rate_windows`: a `RateStore`. Thread-safe.

    `clock` gives seconds since 1970; processes must agree on it, as they do on the database's own.
    """

    def __init__(self, database: Database, clock: Callable[[], float] | None = None) -> None:
        self._database = database
        self._clock = clock or (lambda: database.clock().timestamp())
        self._take_head, self._put = _statements(database.dialect)

    def admit(self, key: str, limit: int, window: int) -> float:
        """See `RateStore`. Raises StorageError."""
        self._database.breaker.check()
        with self._database.writing(SOON) as connection:
            now = self._clock()
            head = {"key": key, "count": 1, "expires_at": now + window}
            # locks the row until the end: admissions of one key, from anywhere, happen one after another
            turn: int = connection.execute(self._take_head, head).scalar_one()
            place = f"{key}#{turn % limit}"
            wait = _seconds_taken(connection, place, now, window)
            if wait:
                connection.rollback()
            else:
                connection.execute(self._put, {"key": place, "count": turn, "expires_at": now + window})
        return wait


def _seconds_taken(connection: Connection, place: str, now: float, window: int) -> float:
    """How long the admission that stands at `place` is still in the window; 0 when none is."""
    taken = select(rate_windows.c.expires_at).where(rate_windows.c.key == place)
    ends: float | None = connection.execute(taken).scalar()
    latest = now + 2 * window  # of an admission whose clock was ahead by a window
    return ends - now if ends is not None and now < ends <= latest else 0.0


def _statements(dialect: str) -> tuple[ReturningInsert[int], Insert]:
    """One more admission in the head row, which gives their number; and a row as given."""
    new = insert_into(rate_windows, dialect)
    key = [rate_windows.c.key]
    counted = {"count": rate_windows.c.count + 1, "expires_at": new.excluded.expires_at}
    take = new.on_conflict_do_update(index_elements=key, set_=counted).returning(rate_windows.c.count)
    put = {"count": new.excluded.count, "expires_at": new.excluded.expires_at}
    return take, new.on_conflict_do_update(index_elements=key, set_=put)
