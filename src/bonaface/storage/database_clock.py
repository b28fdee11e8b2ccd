"""The database's clock: the time that all replicas agree on, however far apart their own clocks are.

Expiries, rates and months go by it. It is read over a connection that is in use anyway, once a minute, and
goes on by this process's monotonic clock in between: so nobody waits for the time, and a wall clock that is
set changes nothing.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

from bonaface.clock import Clock, utc_now

FRESH_SECONDS = 60.0
SURE_SECONDS = 0.5
"""A reading may be off by as much as it took: one that took longer does not replace another."""

NOW = select(func.clock_timestamp())


class DatabaseClock:
    """A `Clock` that `read` sets; until then it is `own`. Thread-safe."""

    def __init__(self, own: Clock = utc_now, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._own = own
        self._monotonic = monotonic
        self._reading: tuple[datetime, float] | None = None

    def __call__(self) -> datetime:
        """The time, aware, in UTC. No waiting."""
        reading = self._reading
        if reading is None:
            return self._own()
        moment, read_at = reading
        return moment + timedelta(seconds=self._monotonic() - read_at)

    def read(self, connection: Connection) -> None:
        """Set it by the PostgreSQL at the other end of `connection`, unless that was done a moment ago."""
        asked, last = self._monotonic(), self._reading
        if last is not None and asked < last[1] + FRESH_SECONDS:
            return
        moment: datetime = connection.execute(NOW).scalar_one()
        answered = self._monotonic()
        if last is None or answered - asked <= SURE_SECONDS:
            self._reading = moment.astimezone(UTC), (asked + answered) / 2
