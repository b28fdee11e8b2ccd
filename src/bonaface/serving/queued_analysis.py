"""One analysis from its place in the queue to its end: on a worker, and for whoever waits for it."""

import asyncio
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from bonaface.serving.admission import Permit
from bonaface.serving.backend import ImageAnalyzer
from bonaface.serving.deadline import Deadline, too_late
from bonaface.serving.running import Running
from bonaface.timings import Stage, Timings

Result = TypeVar("Result")


class QueuedAnalysis(Generic[Result]):
    """Made for one request, used by nothing else."""

    def __init__(
        self,
        work: Callable[[ImageAnalyzer], Result],
        deadline: Deadline,
        permit: Permit,
        timings: Timings,
    ) -> None:
        """permit: its place, which a worker gives back; timings: is told how long it waited."""
        self._work = work
        self._deadline = deadline
        self._permit = permit
        self._timings = timings
        self._since = time.perf_counter()
        self._is_abandoned = False

    def run(self, analyzer: ImageAnalyzer, running: Running) -> Result:
        """Called by a worker. Raises OverloadedError, without any work, when it is too late for an answer."""
        with self._permit, running.occupied():
            self._timings.since(self._since, Stage.QUEUE)
            if self._is_abandoned:
                raise too_late()
            self._deadline.check()
            try:
                return self._work(analyzer)
            except BaseException as error:
                _let_go(error)
                raise

    async def result(self, future: Future[Result]) -> Result:
        """What `future`, its run, comes to by the deadline. Raises OverloadedError, and what that raises.

        When nobody waits any more, it will not run, if it does not run already. The future is shielded: the
        permit is the worker's to give back.
        """
        timeout = asyncio.timeout(self._deadline.remaining())
        ended = asyncio.wrap_future(future)
        ended.add_done_callback(_take_note)
        try:
            async with timeout:
                return await asyncio.shield(ended)
        except TimeoutError as error:
            if timeout.expired():
                raise too_late() from error
            raise
        finally:
            self._is_abandoned = True


def _let_go(error: BaseException) -> None:
    """Free the images that the frames of a failed analysis hold: until the collector runs, 150 MB perhaps."""
    cause: BaseException | None = error
    while cause is not None:
        traceback.clear_frames(cause.__traceback__)
        cause = cause.__cause__


def _take_note(ended: "asyncio.Future[Result]") -> None:
    """Else asyncio logs the failure of work that nobody waits for any more as an error of the server."""
    if not ended.cancelled():
        ended.exception()
