"""Runs analyses beside the event loop: a fixed number at once, a bounded queue, a deadline for each."""

import asyncio
import time
from concurrent.futures import Future, ThreadPoolExecutor
from enum import StrEnum
from typing import Protocol

import structlog

from bonaface.errors import Overload, OverloadedError
from bonaface.serving.admission import Admission, Permit
from bonaface.serving.deadline import Deadline, too_late
from bonaface.settings import EngineSettings
from bonaface.stopwatch import Stage, Stages
from bonaface.types import Analysis, Preset

STARTING = "The server is loading its models; try again after the seconds that Retry-After names."
STOPPING = "The server is stopping; send the request again."

log = structlog.get_logger(__name__)


class ImageAnalyzer(Protocol):
    """The part of `bonaface.analyzer.Analyzer` that is used here."""

    def analyze(self, image: bytes, preset: Preset | None = None, stages: Stages | None = None) -> Analysis:
        """The faces of an encoded image and a verdict for each; `stages` is told what took how long."""
        ...

    def warm_up(self) -> None:
        """Run every session once."""
        ...


class Warmth(StrEnum):
    """How far the models are."""

    COLD = "cold"
    WARMING = "warming"
    WARM = "warm"
    FAILED = "failed"


class Job:
    """One analysis from its place in the queue to its end. Made for one request, used by nothing else."""

    def __init__(
        self, data: bytes, preset: Preset | None, deadline: Deadline, permit: Permit, stages: Stages
    ) -> None:
        self._data = data
        self._preset = preset
        self._deadline = deadline
        self._permit = permit
        self._stages = stages
        self._since = time.perf_counter()
        self._is_abandoned = False

    def abandon(self) -> None:
        """Nobody waits for it any more: it will not run, if it does not run already."""
        self._is_abandoned = True

    def run(self, analyzer: ImageAnalyzer, lanes: Admission) -> Analysis:
        """Called by a worker. Raises OverloadedError, without any work, when it is too late for an answer."""
        with self._permit, lanes.admit():
            self._stages.since(self._since, Stage.QUEUE)
            if self._is_abandoned:
                raise too_late()
            self._deadline.check()
            return analyzer.analyze(self._data, self._preset, self._stages)


class Engine:
    """At most `settings.workers` analyses run and `settings.queue` wait; `start` before the first.

    `analyze` belongs to one event loop; the properties may be read from any thread.
    """

    def __init__(self, analyzer: ImageAnalyzer, settings: EngineSettings) -> None:
        self._analyzer = analyzer
        self._settings = settings
        self._admission = Admission(settings.workers + settings.queue)
        self._lanes = Admission(settings.workers)
        self._executor = ThreadPoolExecutor(settings.workers, thread_name_prefix="analysis")
        self._warmth = Warmth.COLD
        self._warmed: Future[bool] = Future()

    @property
    def warmth(self) -> Warmth:
        """How far the models are."""
        return self._warmth

    @property
    def is_ready(self) -> bool:
        """Whether every session of every model has run."""
        return self._warmth is Warmth.WARM

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
        return self._lanes.taken

    @property
    def waiting(self) -> int:
        """Analyses that wait for a worker now."""
        return max(self._admission.taken - self._lanes.taken, 0)

    def start(self) -> Future[bool]:
        """Begin to warm the models on a worker, once, and return `warmed`.

        A failure is logged and leaves `warmth` at FAILED: the engine then refuses everything.
        """
        self._warmth = Warmth.WARMING
        self._executor.submit(self._warm_up)
        return self._warmed

    async def analyze(
        self,
        data: bytes,
        preset: Preset | None = None,
        deadline: Deadline | None = None,
        stages: Stages | None = None,
    ) -> Analysis:
        """The analysis of an encoded image, as `Analyzer.analyze` gives it, by `deadline`.

        Without one, `settings.deadline` seconds from now. `stages` is told how long the analysis waited and
        what its parts took. When the awaiting task is cancelled, work that
        still waits is dropped. Raises OverloadedError at once when nothing more can be taken on, and when
        the deadline passes; and whatever the analyzer raises.
        """
        if not self.is_ready:
            raise OverloadedError(STARTING, overload=Overload.STARTING)
        ends = deadline or Deadline.after(self._settings.deadline)
        job = Job(data, preset, ends, permit := self._admission.admit(), stages or Stages())
        try:
            future = self._executor.submit(job.run, self._analyzer, self._lanes)
        except RuntimeError as error:  # the executor was shut down
            permit.release()
            raise OverloadedError(STOPPING, overload=Overload.STOPPING) from error
        return await _await_job(job, future, ends)

    async def close(self) -> None:
        """Take on nothing more and wait for what was admitted."""
        await asyncio.to_thread(self._executor.shutdown, wait=True)

    def _warm_up(self) -> None:
        try:
            self._analyzer.warm_up()
        except Exception:
            self._warmth = Warmth.FAILED
            log.exception("models.failed")
        else:
            self._warmth = Warmth.WARM
            log.info("models.warm")
        finally:
            self._warmed.set_result(self.is_ready)


async def _await_job(job: Job, future: Future[Analysis], deadline: Deadline) -> Analysis:
    """The result of a job. The future is shielded: its permit is the worker's to give back."""
    timeout = asyncio.timeout(deadline.remaining())
    try:
        async with timeout:
            return await asyncio.shield(asyncio.wrap_future(future))
    except TimeoutError as error:
        if timeout.expired():
            raise too_late() from error
        raise
    finally:
        job.abandon()
