"""Analyses in processes of their own, one an image at a time each (docs/adr/0006-worker-processes.md).

The interpreter's lock is then no bottleneck, and a native call that crashes or hangs ends one process, which
is replaced, not the server. The price is the memory of a process each, and that an idle worker cannot help
another one with an image of many faces.
"""

import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from socket import SO_SNDTIMEO, SOL_SOCKET, socketpair
from struct import pack
from typing import cast

import structlog

from bonaface.errors import ModelError
from bonaface.serving.nursery import Nursery
from bonaface.serving.worker import Reply
from bonaface.settings import Settings
from bonaface.stopwatch import Stages
from bonaface.types import Analysis, Preset

END_SECONDS = 1.0
MICRO = 1_000_000
ENDED = "A worker ended."
ENDED_WITH = "A worker ended with exit status {status}."
HANGS = "A worker gave no answer within {seconds:g} seconds."

SECTIONS = frozenset({"images", "faces", "models", "engine", "log"})
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


class Worker:
    """One process, begun anew after it was lost. Belongs to one thread at a time but for `end`."""

    _number: int
    _status: int | None
    _channel: Connection
    _is_loaded: bool

    def __init__(self, settings: Settings, nursery: Nursery) -> None:
        """Begins to load the models; `ready` waits for them. Raises OSError when there can be no process."""
        self._settings = settings
        self._nursery = nursery
        self._patience = settings.engine.stuck_after
        self._begin()

    def ready(self) -> None:
        """Wait until the models are loaded. Raises what kept them from it, and WorkerLostError."""
        if not self._is_loaded:
            self._answer().check()
            self._is_loaded = True

    def begin_warm_up(self) -> None:
        """Have every session run once; `end_warm_up` waits for it. Raises as `ready` does."""
        self.ready()
        self._ask(None)

    def end_warm_up(self) -> None:
        """Raises what the warm-up raised, and WorkerLostError."""
        self._answer().check()

    def analyze(self, image: bytes, preset: Preset) -> Reply:
        """The reply, which may be an error. Raises as `ready` does.

        And WorkerLostError when there is none within `settings.engine.stuck_after` seconds.
        """
        self.ready()
        self._ask(preset, image)
        return self._answer(self._patience)

    def renew(self) -> None:
        """End the process and begin another. Raises OSError when there can be none; call it again then."""
        self.end()
        self._channel.close()
        self._begin()

    def end(self) -> None:
        """Kill the process, whatever it is at: it holds nothing that could be lost. May be called again."""
        if self._status is None:
            self._status = self._nursery.kill(self._number)

    def _begin(self) -> None:
        ours, theirs = socketpair()
        with ours, theirs:
            ours.setsockopt(
                SOL_SOCKET, SO_SNDTIMEO, pack("@ll", *divmod(round(self._patience * MICRO), MICRO))
            )
            self._number, self._status = self._nursery.bear(theirs.fileno()), None
            self._channel = Connection(ours.detach())
        self._is_loaded = False
        with suppress(OSError):  # then `ready` finds out
            self._channel.send(needed(self._settings))

    def _ask(self, preset: Preset | None, image: bytes | None = None) -> None:
        try:
            self._channel.send(preset)
            if image is not None:
                self._channel.send_bytes(image)
        except BlockingIOError as error:  # `SO_SNDTIMEO`
            raise self._hangs() from error
        except OSError as error:
            raise self._ended() from error

    def _answer(self, seconds: float | None = None) -> Reply:
        try:
            if self._channel.poll(seconds):
                return cast(Reply, self._channel.recv())
        except (EOFError, OSError) as error:
            raise self._ended() from error
        raise self._hangs()

    def _hangs(self) -> WorkerLostError:
        return WorkerLostError(HANGS.format(seconds=self._patience))

    def _ended(self) -> WorkerLostError:
        if self._status is None:
            self._status = self._nursery.status(self._number, END_SECONDS)
        return WorkerLostError(ENDED if self._status is None else ENDED_WITH.format(status=self._status))


class Workers:
    """An `ImageAnalyzer` whose `settings.engine.workers` analyses side by side each have a process.

    Thread-safe; a call that comes when all are at work waits.
    """

    def __init__(self, settings: Settings) -> None:
        """Begins every process; `ready` waits for them. Raises OSError."""
        self._settings = settings
        self._is_closed = threading.Event()
        self._idle: SimpleQueue[Worker] = SimpleQueue()
        self._workers: list[Worker] = []
        self._nursery = Nursery(settings.models.runtime)
        try:
            for _ in range(settings.engine.workers):
                self._workers.append(Worker(settings, self._nursery))
                self._idle.put(self._workers[-1])
        except BaseException:
            self.close()
            raise

    def ready(self) -> None:
        """Return when every process has loaded the models. Raises what `Analyzer` raises; WorkerLostError."""
        for worker in self._workers:
            worker.ready()

    def warm_up(self) -> None:
        """Run every session of every process once. Before the first analysis."""
        for worker in self._workers:
            worker.begin_warm_up()
        for worker in self._workers:
            worker.end_warm_up()

    def analyze(self, image: bytes, preset: Preset | None = None, stages: Stages | None = None) -> Analysis:
        """As `Analyzer.analyze`, and raises ModelError when the process that was at it is lost.

        It is lost when it ends, or does not answer within `settings.engine.stuck_after` seconds.
        """
        worker = self._idle.get()
        try:
            reply = self._ask(worker, image, preset or self._settings.models.default_preset)
        finally:
            self._idle.put(worker)
        if stages is not None:
            stages.add(reply.laps)
        reply.check()
        return cast(Analysis, reply.analysis)

    def close(self) -> None:
        """End every process at once; calls that wait for one raise ModelError."""
        self._is_closed.set()
        for worker in self._workers:
            worker.end()
        self._nursery.close()

    def _ask(self, worker: Worker, image: bytes, preset: Preset) -> Reply:
        try:
            return worker.analyze(image, preset)
        except WorkerLostError as error:
            if not self._is_closed.is_set():
                log.error("worker.lost", reason=str(error))
                self._renew(worker)
            raise

    def _renew(self, worker: Worker) -> None:
        try:
            worker.renew()
        except OSError as error:
            log.error("worker.not_renewed", reason=str(error))
