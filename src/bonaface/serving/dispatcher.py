"""Runs analyses beside the event loop: a fixed number at once, a bounded queue, a deadline for each."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from enum import StrEnum
from functools import partial
from typing import TypeVar

import structlog

from bonaface.analysis import Analysis
from bonaface.errors import Overload, OverloadedError
from bonaface.inspection import Inspection
from bonaface.serving.admission import Admission, Permit
from bonaface.serving.backend import ImageAnalyzer
from bonaface.serving.deadline import Deadline
from bonaface.serving.queued_analysis import QueuedAnalysis
from bonaface.serving.running import Running
from bonaface.settings import ServingSettings
from bonaface.timings import Timings
from bonaface.types import HeatmapRequest, Preset

STARTING = "The server is loading its models; try again after the seconds that Retry-After names."
STOPPING = "The server is stopping; send the request again."
CLOSE_SECONDS = 2.0
"""How long `close` waits for work whose caller has left already."""
LOOK_SECONDS = 1.0

log = structlog.get_logger(__name__)

Result = TypeVar("Result")


class Warmth(StrEnum):
    """How far the models are."""

    COLD = "cold"
    WARMING = "warming"
    WARM = "warm"
    FAILED = "failed"


class Dispatcher:
    """At most `settings.workers` analyses run and `settings.queue` wait; `start` before the first.

    `analyze` belongs to one event loop; the properties may be read from any thread.
    """

    def __init__(self, analyzer: ImageAnalyzer, settings: ServingSettings) -> None:
        self._analyzer = analyzer
        self._settings = settings
        self._admission = Admission(settings.workers + settings.queue)
        self._heatmaps = Admission(max(settings.workers // 2, 1))
        self._executor = ThreadPoolExecutor(settings.workers, thread_name_prefix="analysis")
        self._warmth = Warmth.COLD
        self._warmed: Future[bool] = Future()
        self._running = Running()
        self._looking: asyncio.Task[None] | None = None

    @property
    def warmth(self) -> Warmth:
        """How far the models are."""
        return self._warmth

    @property
    def is_ready(self) -> bool:
        """Whether every session of every model has run."""
        return self._warmth is Warmth.WARM

    @property
    def is_full(self) -> bool:
        """Whether the models are warm and no more analyses are taken on now."""
        return self.is_ready and self._admission.is_full

    @property
    def warmed(self) -> Future[bool]:
        """Done when the warm-up has ended: whether it went well."""
        return self._warmed

    @property
    def admission(self) -> Admission:
        """The permits of running and waiting work."""
        return self._admission

    @property
    def running(self) -> int:
        """Analyses that run now."""
        return self._running.taken

    @property
    def waiting(self) -> int:
        """Analyses that wait for a worker now."""
        return max(self._admission.taken - self._running.taken, 0)

    @property
    def stuck(self) -> int:
        """Workers whose work has been running for `settings.stuck_after` seconds or longer."""
        return self._running.taken_for(self._settings.stuck_after)

    @property
    def is_stuck(self) -> bool:
        """Whether no worker is left that could do anything: only a new process helps, or that they return."""
        needed = 1 if self._warmth is Warmth.WARMING else self._settings.workers
        return self.stuck >= needed

    def start(self) -> Future[bool]:
        """Begin to warm the models on a worker, once, and return `warmed`. Belongs to the event loop.

        A failure is logged and leaves `warmth` at FAILED: the dispatcher then refuses everything.
        """
        self._warmth = Warmth.WARMING
        self._looking = asyncio.create_task(self._look())
        self._executor.submit(self._warm_up)
        return self._warmed

    def check(self) -> None:
        """Raises OverloadedError when an analysis would be refused now, so that nobody reads its image.

        It takes no place: a client that sends slowly must not hold one.
        """
        if not self.is_ready:
            raise OverloadedError(STARTING, overload=Overload.STARTING)
        self._admission.check()

    async def analyze(
        self,
        data: bytes,
        preset: Preset | None = None,
        deadline: Deadline | None = None,
        timings: Timings | None = None,
    ) -> Analysis:
        """The analysis of an encoded image, as `Analyzer.analyze` gives it, by `deadline`.

        Without one, `settings.deadline` seconds from now. `timings` is told how long the analysis waited and
        what its parts took. When the awaiting task is cancelled, work that
        still waits is dropped. Raises OverloadedError at once when nothing more can be taken on, and when
        the deadline passes; and whatever the analyzer raises.
        """
        noted = timings or Timings()
        work = partial(_analyze, data, preset, noted)
        return await self._done(work, deadline or Deadline.after(self._settings.deadline), noted)

    async def inspect(
        self,
        frames: Sequence[bytes],
        preset: Preset | None = None,
        deadline: Deadline | None = None,
        timings: Timings | None = None,
        heatmap: HeatmapRequest | None = None,
    ) -> Inspection:
        """The inspection of a capture, as `Analyzer.inspect` gives it.

        One place and one deadline for all frames; otherwise as `analyze`. Those with heatmaps have half of
        the workers at most: they take some hundred times as long.
        """
        noted, ends = timings or Timings(), deadline or Deadline.after(self._settings.deadline)
        work = partial(_inspect, tuple(frames), preset, noted, ends, heatmap)
        permit = None if heatmap is None else self._admit_heatmap()
        return await self._done(work, ends, noted, permit)

    def _admit_heatmap(self) -> Permit:
        """A place for an inspection with heatmaps, and one among all. Raises OverloadedError."""
        self.check()
        place = self._heatmaps.admit()
        try:
            among_all = self._admission.admit()
        except OverloadedError:
            place.release()
            raise
        return Permit(lambda: _release(place, among_all))

    async def _done(
        self,
        work: Callable[[ImageAnalyzer], Result],
        ends: Deadline,
        timings: Timings,
        permit: Permit | None = None,
    ) -> Result:
        """permit: the place that it has already."""
        if permit is None:
            self.check()
            permit = self._admission.admit()
        queued = QueuedAnalysis(work, ends, permit, timings)
        try:
            future = self._executor.submit(queued.run, self._analyzer, self._running)
        except RuntimeError as error:  # the executor was shut down
            permit.release()
            raise OverloadedError(STOPPING, overload=Overload.STOPPING) from error
        return await queued.result(future)

    async def close(self, seconds: float = CLOSE_SECONDS) -> bool:
        """Take on nothing more and wait for what was admitted; whether it ended within `seconds`.

        What did not is left to its thread: a call of a native library that hangs cannot be ended.
        """
        self._executor.shutdown(wait=False)
        ends = Deadline.after(seconds)
        while not self._is_idle and not ends.is_over:  # noqa: ASYNC110 - it ends in other threads
            await asyncio.sleep(0.01)
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        return self._is_idle

    @property
    def _is_idle(self) -> bool:
        return self._admission.taken == 0 and self._running.taken == 0

    async def _look(self) -> None:
        """Log when workers hang and when they work again, for as long as the dispatcher runs."""
        before = 0
        while True:
            await asyncio.sleep(min(LOOK_SECONDS, self._settings.stuck_after / 4))
            if (now := self.stuck) > before:
                log.error("serving.stuck", stuck=now, workers=self._settings.workers)
            elif now < before:
                log.warning("serving.recovered", stuck=now, workers=self._settings.workers)
            before = now

    def _warm_up(self) -> None:
        try:
            with self._running.occupied():
                self._analyzer.warm_up()
        except Exception:
            self._warmth = Warmth.FAILED
            log.exception("models.failed")
        else:
            self._warmth = Warmth.WARM
            log.info("models.warm")
        finally:
            self._warmed.set_result(self.is_ready)


def _analyze(data: bytes, preset: Preset | None, timings: Timings, analyzer: ImageAnalyzer) -> Analysis:
    return analyzer.analyze(data, preset, timings)


def _inspect(
    frames: Sequence[bytes],
    preset: Preset | None,
    timings: Timings,
    deadline: Deadline,
    heatmap: HeatmapRequest | None,
    analyzer: ImageAnalyzer,
) -> Inspection:
    return analyzer.inspect(frames, preset, timings, deadline.check, heatmap)


def _release(*permits: Permit) -> None:
    for permit in permits:
        permit.release()
