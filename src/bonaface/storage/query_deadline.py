"""Connections to PostgreSQL that stop waiting for an answer, whatever became of the server.

Time limits that the server keeps (`statement_timeout`) do not help when the server itself stands still, and
those of TCP do not while its kernel still answers for it: the client has to look at the clock.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

LONGEST = 40.0
"""Seconds for one answer where nobody said less: more than the server's own limit for a statement."""
SILENT = "the server did not answer in time"

Result = TypeVar("Result")


class QueryDeadline(threading.local):
    """How long the current thread still waits: for a connection, and for all answers on it together.

    Only waiting is counted: a process that gets no core for a while is no fault of its database.
    """

    def __init__(self) -> None:
        self._left: float | None = None

    @contextmanager
    def lasting(self, seconds: float | None) -> Iterator[None]:
        """Wait `seconds` at most in the whole block; None is `LONGEST` for each answer."""
        self._left = seconds
        try:
            yield
        finally:
            self._left = None

    @contextmanager
    def waiting(self) -> Iterator[float]:
        """A wait, of so many seconds at most: never below 0."""
        begun = time.monotonic()
        try:
            yield self.left
        finally:
            if self._left is not None:
                self._left -= time.monotonic() - begun

    @property
    def left(self) -> float:
        """Seconds that the next answer may take, never below 0."""
        return LONGEST if self._left is None else max(self._left, 0.0)


class DeadlineConnection(psycopg.Connection[Any]):
    """Closes itself and raises OperationalError when an answer takes longer than its deadline allows."""

    deadline: QueryDeadline

    @classmethod
    def connected(
        cls,
        deadline: QueryDeadline,
        *arguments: Any,  # noqa: ANN401 - what psycopg takes
        connect_timeout: int,
        **parameters: Any,  # noqa: ANN401
    ) -> "DeadlineConnection":
        """A connection as psycopg makes it, unless the time was spent on others of the pool."""
        with deadline.waiting() as left:
            if not left:
                raise psycopg.OperationalError(SILENT)
            seconds = min(connect_timeout, ceil(left))
            connection = cls.connect(*arguments, connect_timeout=seconds, **parameters)
        connection.deadline = deadline
        return connection

    def wait(self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None) -> Result:
        """Run `gen`, which talks to the server, to its end."""
        try:
            with self.deadline.waiting() as left:
                return super().wait(gen, interval, left if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:
            self.close()  # what the answer would belong to is not known any more
            raise psycopg.OperationalError(SILENT) from None
