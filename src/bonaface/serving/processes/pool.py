"""Analyses in processes of their own, one an image at a time each (docs/adr/0006-worker-processes.md).

The interpreter's lock is then no bottleneck, and a native call that crashes or hangs ends one process, which
is replaced, not the server. The price is the memory of a process each, and that an idle worker cannot help
another one with an image of many faces.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from socket import SO_SNDTIMEO, SOL_SOCKET, socketpair
from struct import pack
from typing import BinaryIO, cast

import structlog

from bonaface.analysis import Analysis
from bonaface.errors import ModelError
from bonaface.inspection import Inspection
from bonaface.serving.backend import Check, never
from bonaface.serving.processes.child import Capture, Reply, send_settings
from bonaface.serving.processes.fork_server import ForkServer
from bonaface.serving.processes.networks import holds_networks, open_networks
from bonaface.settings import Settings
from bonaface.timings import Timings
from bonaface.types import Preset

END_SECONDS = 1.0
MICRO = 1_000_000
ENDED = "A worker ended."
ENDED_WITH = "A worker ended with exit status {status}."
HANGS = "A worker gave no answer within {seconds:g} seconds."
HANGS_LOADING = "A worker did not load its models within {seconds:g} seconds."
ATTEMPTS = 3
"""To load the models of a worker at the start, each within its limit."""
PAUSE_SECONDS = 1.0
"""Before a worker that was lost while it loaded is replaced again."""

SECTIONS = frozenset({"images", "faces", "models", "serving", "log"})
"""Of the settings what a worker gets: it decodes what strangers send, and must know no password."""

log = structlog.get_logger(__name__)


def needed(settings: Settings) -> Settings:
    """`settings` whose sections that an analysis does not need are as they come."""
    others = Settings.model_fields.keys() - SECTIONS
    fields = Settings.model_fields
    return settings.model_copy(
        update={name: fields[name].get_default(call_default_factory=True) for name in others}
    )


class WorkerLostError(ModelError):
    """A worker ended, or did not answer in time; the message says which."""


class WorkerHangsError(WorkerLostError):
    """It did not answer in time."""


class WorkerProcess:
    """One process, begun anew after it was lost. Belongs to one thread at a time but for `end`."""

    _number: int
    _status: int | None
    _channel: Connection
    _is_loaded: bool
    _loads_until: float

    def __init__(self, settings: Settings, fork_server: ForkServer, networks: BinaryIO) -> None:
        """Begins to load the models; `ready` waits for them. Raises OSError when there can be no process.

        networks: the file of those that need not be compiled anew.
        """
        self._settings = settings
        self._fork_server = fork_server
        self._networks = networks
        self._stuck_after = settings.serving.stuck_after
        self._hangs = HANGS.format(seconds=self._stuck_after)
        self._begin()

    @property
    def is_loaded(self) -> bool:
        """Whether its process has loaded the models, as far as is known."""
        return self._is_loaded

    def ready(self) -> None:
        """Wait until the models are loaded. Raises what kept them from it, and WorkerLostError.

        And WorkerHangsError when that takes over `settings.serving.load_timeout` seconds from its beginning.
        """
        if not self._is_loaded:
            self._loaded(max(self._loads_until - time.monotonic(), 0)).check()
            self._is_loaded = True

    def warm_up(self) -> None:
        """Have every session run once. Raises as `ready` does, with a limit of its own."""
        self.begin_warm_up()
        self.end_warm_up()

    def begin_warm_up(self) -> None:
        """Begin what `end_warm_up` waits for. Raises as `ready` does."""
        self.ready()
        self._ask(None)

    def end_warm_up(self) -> None:
        """Raises what the warm-up raised, WorkerLostError, and WorkerHangsError as `ready` does."""
        self._loaded(self._settings.serving.load_timeout).check()

    def analyze(self, asked: Preset | Capture, images: Sequence[bytes]) -> Reply:
        """The reply on an image, or on the frames of a capture; it may be an error. Raises as `ready` does.

        And WorkerLostError when there is none within `settings.serving.stuck_after` seconds.
        """
        self.ready()
        self._ask(asked, images)
        return self._answer(self._stuck_after, self._hangs)

    def renew(self) -> None:
        """End the process and begin another. Raises OSError when there can be none; call it again then."""
        self._is_loaded = False
        self.end()
        self._channel.close()
        self._begin()

    def end(self) -> None:
        """Kill the process, whatever it is at: it holds nothing that could be lost. May be called again."""
        if self._status is None:
            self._status = self._fork_server.kill(self._number)

    def _begin(self) -> None:
        ours, theirs = socketpair()
        with ours, theirs:
            ours.setsockopt(
                SOL_SOCKET, SO_SNDTIMEO, pack("@ll", *divmod(round(self._stuck_after * MICRO), MICRO))
            )
            self._number, self._status = self._fork_server.spawn(theirs.fileno()), None
            self._channel = Connection(ours.detach())
        self._is_loaded = False
        self._loads_until = time.monotonic() + self._settings.serving.load_timeout
        with suppress(OSError):  # then `ready` finds out
            send_settings(self._channel, needed(self._settings), self._networks)

    def _ask(self, asked: Preset | Capture | None, images: Sequence[bytes] = ()) -> None:
        try:
            self._channel.send(asked)
            for image in images:
                self._channel.send_bytes(image)
        except BlockingIOError as error:  # `SO_SNDTIMEO`
            raise WorkerHangsError(self._hangs) from error
        except OSError as error:
            raise self._ended() from error

    def _loaded(self, seconds: float) -> Reply:
        return self._answer(seconds, HANGS_LOADING.format(seconds=self._settings.serving.load_timeout))

    def _answer(self, seconds: float, late: str) -> Reply:
        try:
            if self._channel.poll(seconds):
                return cast(Reply, self._channel.recv())
        except (EOFError, OSError) as error:
            raise self._ended() from error
        raise WorkerHangsError(late)

    def _ended(self) -> WorkerLostError:
        self._is_loaded = False
        if self._status is None:
            self._status = self._fork_server.status(self._number, END_SECONDS)
        return WorkerLostError(ENDED if self._status is None else ENDED_WITH.format(status=self._status))


Step = Callable[[WorkerProcess], None]


class WorkerPool:
    """A backend whose `settings.serving.workers` analyses side by side each have a process.

    Thread-safe; a call that comes when all are at work waits.
    """

    def __init__(self, settings: Settings) -> None:
        """Begins the first process; `start` waits for it and begins the others. Raises OSError."""
        self._settings = settings
        self._is_closed = threading.Event()
        self._renewing = threading.Lock()  # held while a process is begun: none is after the close
        self._idle: SimpleQueue[WorkerProcess] = SimpleQueue()
        self._workers: list[WorkerProcess] = []
        self._fork_server = ForkServer(settings.models.runtime)
        self._networks = open_networks()
        try:
            self._begin_one()
        except BaseException:
            self.close()
            raise

    @property
    def ready(self) -> bool:
        """Whether at least one process has the models, as far as is known: others may be loading them."""
        return any(worker.is_loaded for worker in self._workers)

    def start(self) -> None:
        """Return when every process has loaded the models. Raises what `Analyzer` raises; WorkerLostError.

        They take the networks that the first one has compiled, which is most of the work; then the first one
        is begun anew, for one that has compiled keeps 10 MB. One that hangs is replaced, twice at most.
        Raises OSError when there can be no process.
        """
        first = self._workers[0]
        self._attempt(first, WorkerProcess.ready, WorkerProcess.ready)
        if holds_networks(self._networks):
            self._renew(first)
        while len(self._workers) < self._settings.serving.workers:
            self._begin_one()
        for worker in self._workers:
            self._attempt(worker, WorkerProcess.ready, WorkerProcess.ready)

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
    ) -> Inspection:
        """As `Analyzer.inspect`, by one process; raises as `analyze` does."""
        asked = Capture(len(frames), preset or self._default, check)
        return cast(Inspection, self._result(asked, frames, timings))

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

    def _begin_one(self) -> None:
        with self._renewing:
            if self._is_closed.is_set():
                raise WorkerLostError(ENDED)
            self._workers.append(WorkerProcess(self._settings, self._fork_server, self._networks))
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
        try:
            reply = worker.analyze(asked, images)
        except WorkerLostError as error:
            self._replace(worker, error)
            raise
        except BaseException:
            self._idle.put(worker)
            raise
        self._idle.put(worker)
        return reply

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
