"""Moving windows of `limits` in the database, for processes that share no other store.

The last `limit` admissions of a key stand in a ring of rows. The head row counts admissions; the row at
`count mod limit` is the one that a next admission takes, and holds when the admission that took it before
leaves the window. So one request reads and writes two rows, whatever the limit, and the window is exact.
A row that has expired is as good as none: whoever removes it changes nothing. So is one that expires later
than any admission of now could: the clock was set back since.
"""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Insert, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bonaface.errors import StorageError
from bonaface.quotas.moving_windows import MovingWindows
from bonaface.storage.database import SOON, Database
from bonaface.storage.tables import rate_windows


class DatabaseStore(MovingWindows):
    """Moving windows in table `rate_windows`. `clock` gives seconds since 1970; processes must agree on it.

    What the database refuses is raised as `limits.errors.StorageError`.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        super().__init__(wrap_exceptions=True)
        self._database = database
        self._clock = clock
        self._take_head, self._put = _statements(database.dialect)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What `limits` wraps."""
        return StorageError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Admit one, unless `limit` were admitted in the last `expiry` seconds. `amount` is 1."""
        if amount != 1:
            raise ValueError("One is admitted at a time.")
        self._database.breaker.check()
        with self._database.writing(SOON) as connection:
            now = self._clock()
            head = {"key": key, "count": 1, "expires_at": now + expiry}
            # locks the row until the end: admissions of one key, from anywhere, happen one after another
            turn: int = connection.execute(self._take_head, head).scalar_one()
            place = _place(key, turn % limit)
            is_free = not self._is_taken(connection, place, now, expiry)
            if is_free:
                connection.execute(self._put, {"key": place, "count": turn, "expires_at": now + expiry})
            else:
                connection.rollback()
        return is_free

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest admission of the window was, and how many there are."""
        now = self._clock()
        is_its = rate_windows.c.key.startswith(f"{key}#", autoescape=True)
        oldest = select(func.min(rate_windows.c.expires_at), func.count()).where(
            is_its, rate_windows.c.expires_at > now, rate_windows.c.expires_at <= _latest(now, expiry)
        )
        with self._database.reading(SOON) as connection:
            ends, count = connection.execute(oldest).one()
        return (now, 0) if ends is None else (ends - expiry, count)

    def clear(self, key: str) -> None:
        """Forget the admissions of `key`."""
        is_its = rate_windows.c.key.startswith(f"{key}#", autoescape=True)
        with self._database.writing() as connection:
            connection.execute(delete(rate_windows).where((rate_windows.c.key == key) | is_its))

    def reset(self) -> int | None:
        """Forget all; how many rows that were."""
        with self._database.writing() as connection:
            return connection.execute(delete(rate_windows)).rowcount

    def check(self) -> bool:
        """Whether the database answers."""
        return self._database.is_reachable()

    def _is_taken(self, connection: Connection, place: str, now: float, expiry: int) -> bool:
        taken = select(rate_windows.c.expires_at).where(rate_windows.c.key == place)
        ends = connection.execute(taken).scalar()
        return ends is not None and now < ends <= _latest(now, expiry)


def _place(key: str, number: int) -> str:
    return f"{key}#{number}"


def _latest(now: float, expiry: int) -> float:
    """When an admission may leave the window at the latest, be the clock it was made by a window ahead."""
    return now + 2 * expiry


def _statements(dialect: str) -> tuple[Any, Insert]:
    """One more admission in the head row, which gives their number; and a row as given."""
    insert: Any = (sqlite if dialect == "sqlite" else postgresql).insert
    new = insert(rate_windows)
    key = [rate_windows.c.key]
    counted = {"count": rate_windows.c.count + 1, "expires_at": new.excluded.expires_at}
    take = new.on_conflict_do_update(index_elements=key, set_=counted).returning(rate_windows.c.count)
    put = {"count": new.excluded.count, "expires_at": new.excluded.expires_at}
    return take, new.on_conflict_do_update(index_elements=key, set_=put)
