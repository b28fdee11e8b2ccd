"""Bulkheads: threads that questions of one kind to the database have to themselves.

However many wait in one, and whatever the database does, the others keep theirs.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import TypeVar

from bonaface.errors import Overload, OverloadedError, StorageAwayError
from bonaface.storage.breaker import CircuitBreaker
from bonaface.storage.database import SOON

FULL = "More is looked up in the database than it can answer now; try again after Retry-After."
SILENT = "The database did not answer in time; try again after Retry-After."

Answer = TypeVar("Answer")


class Bulkhead:
    """`places` threads for questions to a database, which `breaker` knows to be away or not.

    Without a `breaker` each question is asked. `wait` is how many seconds one may take, the wait for a place
    included. Close it at the end.
    """

    def __init__(self, places: int, breaker: CircuitBreaker | None = None, wait: float = SOON) -> None:
        self._threads = ThreadPoolExecutor(places, thread_name_prefix="bonaface-database")
        self._breaker = breaker
        self._wait = wait

    async def ask(self, question: Callable[[], Answer]) -> Answer:
        """The answer to `question`; what that raises is raised.

        Raises StorageAwayError at once while the database is known to be away, and when no answer came in
        time; OverloadedError when no place was free in time. A question that runs keeps its place to its end.
        """
        if self._breaker is not None:
            self._breaker.check()
        asked = self._threads.submit(copy_context().run, question)
        answered = asyncio.wrap_future(asked)
        answered.add_done_callback(_forget)
        try:
            await asyncio.wait((answered,), timeout=self._wait)
        finally:
            was_waiting = asked.cancel()
        if asked.done() and not was_waiting:
            return asked.result()
        if was_waiting:
            raise OverloadedError(FULL, overload=Overload.DATABASE)
        if self._breaker is not None:
            self._breaker.suspect()
        raise StorageAwayError(SILENT)

    def send(self, question: Callable[[], object]) -> None:
        """Have `question` asked, for nobody who waits, unless the database is known to be away."""
        with suppress(StorageAwayError, RuntimeError):  # the latter once it is closed
            if self._breaker is not None:
                self._breaker.check()
            self._threads.submit(question)

    def close(self) -> None:
        """Ask nothing more. What is being asked ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _forget(answered: "asyncio.Future[Answer]") -> None:
    """Nobody may be waiting for it any more: its error has then been seen."""
    if not answered.cancelled():
        answered.exception()
