"""Several server processes that are one server: `server.processes` (docs/adr/0009-server-processes.md).

Each is a whole server with workers of its own, and an event loop of its own, on its part of the settings
(division.py). They listen on one port, and the kernel spreads connections over them (`SO_REUSEPORT`). The
supervisor keeps the port, begins each process anew that is lost, hands signals on, and tells the metrics of
all.
"""

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from queue import Empty, SimpleQueue
from types import FrameType

import structlog
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.registry import Collector

from bonaface.errors import BonafaceError
from bonaface.models.loaded_presets import LoadedPresets
from bonaface.observability.aggregation import MODELS_READY, Families, aggregated, counted
from bonaface.observability.exposition import PATH, exposed
from bonaface.server.division import divided
from bonaface.server.process import handle_signals, logging_to_standard_error, stoppable
from bonaface.server.readiness import ReadyFlag
from bonaface.server.server_process import ENDED, ServerProcess
from bonaface.server.sockets import base_url, beside, bind_metrics, reserve
from bonaface.serving.presets_in_force import open_presets
from bonaface.settings import Settings

PAUSE_SECONDS = 1.0
"""Before a server process that was lost is begun anew."""
END_SECONDS = 12.0
"""Beyond `drain_delay` and `shutdown_grace`: a server process that has not ended then is killed."""

log = structlog.get_logger(__name__)


def supervise(settings: Settings, announce: Callable[[str], None] | None = None) -> None:
    """Serve with `settings.server.processes` processes until SIGINT, SIGTERM or SIGHUP.

    `announce` gets the base URL once all of them answer. Raises ConfigurationError when an address cannot be
    listened on or there cannot be so many; what kept a server process from serving, at the start; SystemExit
    on a signal before they are begun. Belongs to the main thread. Linux.
    """
    with ExitStack() as stack:
        stack.enter_context(logging_to_standard_error(settings.log))
        stack.enter_context(stoppable())
        presets = open_presets(settings.models)
        shares = divided(settings)
        port = stack.enter_context(reserve(settings.server))
        metrics = bind_metrics(settings.metrics)
        if metrics is not None:
            stack.enter_context(metrics)
        supervisor = stack.enter_context(_supervising(shares, presets, port, announce))
        if metrics is not None:
            stack.enter_context(exposed(supervisor.registry, metrics))
            log.info("metrics.served", at=f"{base_url(metrics)}{PATH}")
        supervisor.run()


@contextmanager
def _supervising(
    shares: list[Settings],
    presets: LoadedPresets,
    port: socket.socket,
    announce: Callable[[str], None] | None,
) -> Iterator["Supervisor"]:
    with ReadyFlag() as flag:
        yield Supervisor(shares, presets, port, flag, announce)


class Supervisor:
    """Begins a server process for each of `shares`, on `port`, which is bound and never listens itself."""

    def __init__(
        self,
        shares: list[Settings],
        presets: LoadedPresets,
        port: socket.socket,
        flag: ReadyFlag,
        announce: Callable[[str], None] | None,
    ) -> None:
        self._shares = shares
        self._presets = presets
        self._port = port
        self._flag = flag
        self._announce = announce
        self._lock = threading.Lock()  # over `_processes`, `_presets`, `_lost` and `_stopping`
        self._processes: dict[int, ServerProcess] = {}
        self._lost: Families = ()
        self._stopping = threading.Event()
        self._failure: Exception | None = None
        self._events: SimpleQueue[signal.Signals | None] = SimpleQueue()
        """Signals; None when a server process is left alone for good. Safe in a signal handler."""
        self.registry = CollectorRegistry()
        self.registry.register(_AllMetrics(self))

    def run(self) -> None:
        """Return when all have ended after a signal. Raises what kept one from serving at the start."""
        handle_signals(self._note_signal)
        keepers = [
            threading.Thread(target=self._keep, args=(number,), name=f"process-{number}", daemon=True)
            for number in range(len(self._shares))
        ]
        for keeper in keepers:
            keeper.start()
        left, ends = len(keepers), float("inf")
        while left:
            event = self._next_event(ends)
            if event is None:
                left -= 1
                if self._failure is None:
                    continue
                event = signal.SIGTERM
            self._hand_on(event)
            # who is killed ends: no time need be kept any more
            is_killed = event is signal.SIGKILL
            ends = float("inf") if is_killed else min(ends, time.monotonic() + self._seconds_to_end)
        log.info("supervisor.stopped")
        if self._failure is not None:
            raise self._failure

    def metrics(self) -> list[Metric]:
        """Of all server processes together, what those that were lost had counted included."""
        with self._lock:
            processes, lost = list(self._processes.values()), self._lost
        families = aggregated([lost, *(process.metrics() for process in processes)])
        return families if self._flag.is_set else [_without_models(family) for family in families]

    @property
    def _seconds_to_end(self) -> float:
        server = self._shares[0].server
        return server.drain_delay + server.shutdown_grace + END_SECONDS

    def _note_signal(self, number: int, _frame: FrameType | None) -> None:
        self._events.put(signal.Signals(number))

    def _next_event(self, ends: float) -> signal.Signals | None:
        """The next one; SIGKILL when it is time."""
        if ends == float("inf"):
            return self._events.get()
        try:
            return self._events.get(timeout=max(ends - time.monotonic(), 0))
        except Empty:
            return signal.SIGKILL

    def _hand_on(self, number: signal.Signals) -> None:
        with self._lock:
            self._stopping.set()
            for process in self._processes.values():
                process.send_signal(number)

    def _keep(self, number: int) -> None:
        """Have a server process on one of the shares until the stop."""
        was_ready = False
        while not self._stopping.is_set():
            was_ready = self._one_life(number, was_ready=was_ready)
            if not was_ready:
                break
            self._stopping.wait(PAUSE_SECONDS)
        self._events.put(None)

    def _one_life(self, number: int, *, was_ready: bool) -> bool:
        """Begin one and wait for its end; whether there is to be another one."""
        try:
            process = self._begin(number)
        except OSError as error:
            return self._over(number, error, was_ready=was_ready)
        if process is None:
            return False
        status = process.follow(self._look, self._spread)
        self._forget(number, process)
        if self._stopping.is_set():
            return False
        reason = process.failure or BonafaceError(ENDED.format(status=status))
        return self._over(number, reason, was_ready=was_ready or process.was_ready, status=status)

    def _begin(self, number: int) -> ServerProcess | None:
        """None once the stop has begun. Raises OSError."""
        with self._lock:
            if self._stopping.is_set():
                return None
            process = ServerProcess(
                self._shares[number], self._presets, beside(self._port), self._flag.descriptor
            )
            self._processes[number] = process
            return process

    def _look(self) -> None:
        """Tell all of them whether all are ready; announce it the first time."""
        with self._lock:
            is_ready = len(self._processes) == len(self._shares) and all(
                process.is_ready for process in self._processes.values()
            )
            self._flag.set(is_ready=is_ready)
            announce, self._announce = (self._announce, None) if is_ready else (None, self._announce)
        if announce is not None:  # printing waits for whoever reads it, for ever perhaps
            threading.Thread(
                target=announce, args=(base_url(self._port),), name="announce", daemon=True
            ).start()

    def _spread(self, presets: LoadedPresets) -> None:
        """Have all of them judge by what one of them was given; also those that are begun later."""
        with self._lock:
            self._presets = presets
            for process in self._processes.values():
                process.take_up(presets)

    def _forget(self, number: int, process: ServerProcess) -> None:
        with self._lock:
            del self._processes[number]
            self._lost = counted([self._lost, process.last_metrics])
        self._look()

    def _over(self, number: int, error: Exception, *, was_ready: bool, status: int | None = None) -> bool:
        """One that was ready once is begun anew; one that never was ends the server."""
        if was_ready:
            log.error("server.process.lost", number=number, status=status, reason=str(error))
        elif self._failure is None:
            self._failure = error
        return was_ready


def _without_models(family: Metric) -> Metric:
    """Not ready is also one that is not there to say so."""
    if family.name == MODELS_READY:
        family.samples = [sample._replace(value=0.0) for sample in family.samples]
    return family


class _AllMetrics(Collector):
    """Asked for whenever somebody reads the metrics."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor

    def collect(self) -> Iterable[Metric]:
        return self._supervisor.metrics()
