"""From settings to a listening server: the socket first, then the models, then uvicorn."""

import errno
import gc
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, TextIO, cast

import structlog
import uvicorn

from bonaface.errors import ConfigurationError
from bonaface.observability.exposition import PATH, exposed
from bonaface.observability.log_writer import LogWriter
from bonaface.observability.logging import configure
from bonaface.server.shutdown import StoppingServer
from bonaface.serving.processes.pool import WorkerPool
from bonaface.settings import MetricsSettings, ServerSettings, Settings

if TYPE_CHECKING:
    from bonaface.api.services import Services

BACKLOG = 1024
END_SECONDS = 1.0
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

IN_USE = "Port {port} of {host} is in use; stop what listens there or choose another port."
NOT_ALLOWED = "This user may not listen on port {port}; choose one from 1024 on."
NO_ADDRESS = "{host} is not an address of this machine; choose another host to listen on."

log = structlog.get_logger(__name__)


def serve(settings: Settings, announce: Callable[[str], None] | None = None) -> bool:
    """Serve until SIGINT, SIGTERM or SIGHUP; `announce` gets the base URL once requests are answered.

    Whether everything that was begun has ended: if not, a thread hangs in a native library or on the
    network, and only leaving the process at once ends it. Raises ConfigurationError when an address cannot
    be listened on; ModelError and StorageError when the services cannot be made; SystemExit on a signal
    before it serves. Belongs to the main thread.
    """
    with ExitStack() as stack:
        _log_to_standard_error(settings, stack)
        before = set(threading.enumerate())
        with stoppable():
            _serve(settings, announce)
            return have_ended(before)


def _serve(settings: Settings, announce: Callable[[str], None] | None) -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(bind(settings.server))
        metrics = bind_metrics(settings.metrics)
        if metrics is not None:
            stack.enter_context(metrics)
        services = prepared(settings)
        if metrics is not None:
            stack.enter_context(exposed(services.metrics.registry, metrics))
            log.info("metrics.served", at=f"{base_url(metrics)}{PATH}")
        server = make_server(services)
        services.wait()
        if announce is not None:
            services.dispatcher.warmed.add_done_callback(partial(_announce, announce, base_url(listener)))
        _handle_signals(server.handle_exit)
        gc.freeze()  # what is here stays to the end: the collector need not go through it again and again
        server.run(sockets=[listener])


def prepared(settings: Settings) -> "Services":
    """As `build_services`; processes load models while this one imports the libraries of the web."""
    workers = WorkerPool(settings) if settings.serving.isolation == "processes" else None
    from bonaface.api.services import build_services

    return build_services(settings, workers)


def make_server(services: "Services") -> StoppingServer:
    """A uvicorn server around the application. Give it a socket from `bind`."""
    from bonaface.api.app import create_app
    from bonaface.server.http_protocol import with_places

    server = services.settings.server
    return StoppingServer(
        uvicorn.Config(
            create_app(services),
            http=with_places(server.max_connections),
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
            timeout_keep_alive=server.keep_alive,
        ),
        services,
    )


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM, SIGINT and SIGHUP end the block with SystemExit(0): also in a container's first process.

    The kernel ignores a signal that the first process of a container has no handler for.
    """
    before = [signal.getsignal(number) for number in SIGNALS]
    _handle_signals(_leave)
    try:
        yield
    finally:
        for number, handler in zip(SIGNALS, before, strict=True):
            signal.signal(number, handler)


def have_ended(before: Collection[threading.Thread], seconds: float = END_SECONDS) -> bool:
    """Whether every thread but those of `before` ends within `seconds`."""
    ends = time.monotonic() + seconds
    for thread in set(threading.enumerate()).difference(before):
        thread.join(max(ends - time.monotonic(), 0))
    return set(threading.enumerate()) <= set(before)


def bind(settings: ServerSettings) -> socket.socket:
    """A socket that listens on the host and port of `settings`. Raises ConfigurationError."""
    return listen(settings.host, settings.port)


def bind_metrics(settings: MetricsSettings) -> socket.socket | None:
    """A socket for the metrics; None where they have no port. Raises ConfigurationError."""
    return None if settings.port is None else listen(settings.host, settings.port)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on `host` and `port`. Raises ConfigurationError."""
    try:
        return socket.create_server(
            (host, port), family=_family(host), backlog=BACKLOG, reuse_port=False, dualstack_ipv6=False
        )
    except OSError as error:
        raise ConfigurationError(_sentence(error).format(host=host, port=port)) from error


def base_url(listener: socket.socket) -> str:
    """The http URL that a listening socket answers under."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _log_to_standard_error(settings: Settings, stack: ExitStack) -> None:
    """A terminal gets its lines at once; anything else may be a pipe that nobody reads."""
    stream: TextIO | LogWriter = sys.stderr
    if not sys.stderr.isatty():
        with suppress(OSError):  # not a file
            stream = stack.enter_context(LogWriter(sys.stderr))
    configure(settings.log, cast(TextIO, stream))


def _handle_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # `nohup` ignores it
            signal.signal(number, handler)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _announce(announce: Callable[[str], None], url: str, warmed: Future[bool]) -> None:
    """Not in the worker that calls this: printing waits for whoever reads it, for ever perhaps."""
    if warmed.result():
        threading.Thread(target=announce, args=(url,), name="announce", daemon=True).start()


def _family(host: str) -> socket.AddressFamily:
    return socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][0]


def _sentence(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return IN_USE
    if error.errno == errno.EACCES:
        return NOT_ALLOWED
    return NO_ADDRESS
