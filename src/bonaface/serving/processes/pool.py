"""Analyses in processes of their own, one an image at a time each (docs/adr/0006-worker-processes.md).

The interpreter's lock is then no bottleneck, and a native call that crashes or hangs ends one process, which
is replaced, not the server. The price is the memory of a process each. With an image of many faces idle
workers help the one that found them.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import cast

import structlog

from bonaface.analysis import Analysis
from bonaface.compiled import cache_of
from bonaface.inspection import Inspection
from bonaface.models.catalog import Calibration
from bonaface.serving.backend import Check, never
from bonaface.serving.processes.fork_server import ForkServer
from bonaface.serving.processes.messages import Capture, Reply
from bonaface.serving.processes.networks import holds_networks, open_networks
from bonaface.serving.processes.worker import ENDED, WorkerHangsError, WorkerLostError, WorkerProcess
from bonaface.settings import Settings
from bonaface.timings import Timings
from bonaface.types import HeatmapRequest, Preset

ATTEMPTS = 3
"""To load the models of a worker at the start, each within its limit."""
PAUSE_SECONDS = 1.0
"""Before a worker that was lost while it loaded is replaced again."""

log = structlog.get_logger(__name__)

Step = Callable[[WorkerProcess], None]


class WorkerPool:
    """A backend whose `settings.serving.workers` analyses side by side each have a process.

    Thread-safe; a call that comes when all are at work waits.
    """

    def __init__(self, settings: Settings, calibration: Calibration | None = None) -> None:
        """Begins the processes, or the first where that one has to compile; `start` waits for them.

        calibration: in place of the one that the settings name. Raises OSError, and ModelMissingError where
        no model is named as the settings say.
        """
        self._settings = settings
        self._calibration = calibration
        self._is_closed = threading.Event()
        self._renewing = threading.Lock()  # held while a process is begun: none is after the close
        self._idle: SimpleQueue[WorkerProcess] = SimpleQueue()
        self._workers: list[WorkerProcess] = []
        self._fork_server = ForkServer(settings.models.runtime)
        self._networks = open_networks()
        try:
            self._compiles = self._has_to_compile()
            self._begin(1 if self._compiles else settings.serving.workers)
        except BaseException:
            self.close()
            raise

    @property
    def ready(self) -> bool:
        """Whether at least one process has the models, as far as is known: others may be loading them."""
        return any(worker.is_loaded for worker in self._workers)

    def start(self) -> None:
        """Return when every process has loaded the models. Raises what `Analyzer` raises; WorkerLostError.

        Where no compiled networks are kept, they take those that the first one has compiled, which is most
        of the work; then the first one is begun anew, for one that has compiled keeps 10 MB. One that hangs
        is replaced, twice at most. Raises OSError when there can be no process.
        """
        if self._compiles:
            self._have_compiled()
        self._begin(self._settings.serving.workers)
        for worker in self._workers:
            self._attempt(worker, WorkerProcess.ready, WorkerProcess.ready)

    def _has_to_compile(self) -> bool:
        cache = cache_of(self._settings.models)
        return cache is None or not cache.is_there

    def _have_compiled(self) -> None:
        first = self._workers[0]
        self._attempt(first, WorkerProcess.ready, WorkerProcess.ready)
        if holds_networks(self._networks):
            self._renew(first)

    def warm_up(self) -> None:
        """Run every session of every process once. Before the first analysis. Raises as `start` does."""
        for worker in self._workers:
            worker.begin_warm_up()
        for worker in self._workers:
            self._attempt(worker, WorkerProcess.end_warm_up, WorkerProcess.warm_up)

    def analyze(self, image: bytes, preset: Preset | None = None, timings: Timings | None = None) -> Analysis:
        """As `Analyzer.analyze`, and raises ModelError when the process that was at it is lost.

        It is lost when it ends, or does not answer within `settings.serving.stuck_after` seconds.
        """
        return cast(Analysis, self._result(preset or self._default, [image], timings))

    def inspect(
        self,
        frames: Sequence[bytes],
        preset: Preset | None = None,
        timings: Timings | None = None,
        check: Check = never,
        heatmap: HeatmapRequest | None = None,
    ) -> Inspection:
        """As `Analyzer.inspect`, by one process; raises as `analyze` does."""
        asked = Capture(len(frames), preset or self._default, check, heatmap)
        return cast(Inspection, self._result(asked, frames, timings))

    def judge_by(self, calibration: Calibration) -> None:
        """Each process is told before its next analysis; one that is begun anew, too."""
        self._calibration = calibration

    def close(self) -> None:
        """End every process at once; calls that wait for one raise ModelError."""
        with self._renewing:
            self._is_closed.set()
            for worker in self._workers:
                worker.end()
            self._fork_server.close()
            self._networks.close()

    @property
    def _default(self) -> Preset:
        return self._settings.models.default_preset

    def _result(
        self, asked: Preset | Capture, images: Sequence[bytes], timings: Timings | None
    ) -> Analysis | Inspection | None:
        reply = self._ask(self._idle.get(), asked, images)
        if timings is not None:
            timings.add(reply.timings)
        reply.check()
        return reply.result

    def _begin(self, most: int) -> None:
        """Until there are so many."""
        while len(self._workers) < most:
            self._begin_one()

    def _begin_one(self) -> None:
        with self._renewing:
            if self._is_closed.is_set():
                raise WorkerLostError(ENDED)
            worker = WorkerProcess(self._settings, self._fork_server, self._networks, self._calibration)
            self._workers.append(worker)
        self._idle.put(self._workers[-1])

    def _attempt(self, worker: WorkerProcess, step: Step, again: Step, left: int = ATTEMPTS) -> None:
        try:
            step(worker)
        except WorkerHangsError as error:
            if left == 1:
                raise
            log.error("worker.lost", reason=str(error))
            self._renew(worker)
            self._attempt(worker, again, again, left - 1)

    def _ask(self, worker: WorkerProcess, asked: Preset | Capture, images: Sequence[bytes]) -> Reply:
        worker.judge_by(self._calibration)
        try:
            reply = worker.analyze(asked, images, self._lent)
        except WorkerLostError as error:
            self._replace(worker, error)
            raise
        except BaseException:
            self._idle.put(worker)
            raise
        self._idle.put(worker)
        return reply

    @contextmanager
    def _lent(self, most: int) -> Iterator[Sequence[WorkerProcess]]:
        """Loaded workers that have nothing to do, at most so many. Nobody waits for one."""
        helpers = list(self._unused(most))
        try:
            yield helpers
        finally:
            for helper in helpers:
                if helper.lost is None:
                    self._idle.put(helper)
                else:
                    self._replace(helper, helper.lost)

    def _unused(self, most: int) -> Iterator[WorkerProcess]:
        with suppress(Empty):
            for _ in range(most):
                worker = self._idle.get_nowait()
                if worker.is_loaded:
                    yield worker
                else:
                    self._idle.put(worker)

    def _replace(self, worker: WorkerProcess, reason: WorkerLostError) -> None:
        """Have another process load the models meanwhile: no caller waits for it who can have another one."""
        if self._is_closed.is_set():
            self._idle.put(worker)
            return
        log.error("worker.lost", reason=str(reason))
        try:
            threading.Thread(target=self._bring_back, args=(worker,), name="renewal", daemon=True).start()
        except RuntimeError:  # no memory for its stack
            self._bring_back(worker)

    def _bring_back(self, worker: WorkerProcess) -> None:
        """Put the worker to the idle ones, loaded; or as it is, so that the next call tries again."""
        try:
            while not self._is_closed.is_set() and not self._is_renewed(worker):
                self._is_closed.wait(PAUSE_SECONDS)
        except Exception as error:  # noqa: BLE001 - no process, or no models: the next call is told
            log.error("worker.not_renewed", reason=str(error))
        finally:
            self._idle.put(worker)

    def _is_renewed(self, worker: WorkerProcess) -> bool:
        try:
            self._renew(worker)
            worker.ready()
        except WorkerLostError as error:
            if not self._is_closed.is_set():
                log.error("worker.lost", reason=str(error))
            return False
        return True

    def _renew(self, worker: WorkerProcess) -> None:
        with self._renewing:
            if self._is_closed.is_set():
                raise WorkerLostError(ENDED)
            worker.renew()
