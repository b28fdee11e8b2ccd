"""Connections to PostgreSQL that stop waiting for an answer, whatever became of the server.

Time limits that the server keeps (`statement_timeout`) do not help when the server itself stands still, and
those of TCP do not while its kernel still answers for it: the client has to look at the clock.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

LONGEST = 40.0
"""Seconds for one answer where nobody said less: more than the server's own limit for a statement."""
SILENT = "the server did not answer in time"

Result = TypeVar("Result")


class Patience(threading.local):
    """Until when the current thread waits: for a connection, and for all answers on it together."""

    ends: float | None = None

    @contextmanager
    def lasting(self, seconds: float | None) -> Iterator[None]:
        """Wait `seconds` at most in the whole block; None is `LONGEST` for each answer."""
        before, self.ends = self.ends, None if seconds is None else time.monotonic() + seconds
        try:
            yield
        finally:
            self.ends = before

    def left(self) -> float:
        """Seconds that the next answer may take, never below 0."""
        return LONGEST if self.ends is None else max(self.ends - time.monotonic(), 0.0)

    def check(self) -> None:
        """Raises OperationalError when none is left."""
        if not self.left():
            raise psycopg.OperationalError(SILENT)


class PatientConnection(psycopg.Connection[Any]):
    """Closes itself and raises OperationalError when an answer takes longer than `patience` lasts."""

    patience: Patience

    def wait(self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None) -> Result:
        """Run `gen`, which talks to the server, to its end."""
        left = self.patience.left()
        try:
            return super().wait(gen, interval, left if timeout is None else min(timeout, left))
        except psycopg.errors._WaitTimeout:
            self.close()  # what the answer would belong to is not known any more
            raise psycopg.OperationalError(SILENT) from None
