"""From settings to a listening server: the socket first, then the models, then uvicorn."""

import gc
import signal
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

from bonaface.observability.exposition import PATH, exposed
from bonaface.observability.log_writer import LogWriter
from bonaface.observability.logging import configure
from bonaface.server.shutdown import StoppingServer
from bonaface.server.sockets import BACKLOG, base_url, bind, bind_metrics
from bonaface.serving.registry import open_backend
from bonaface.settings import Settings

if TYPE_CHECKING:
    from bonaface.api.services import Services

END_SECONDS = 1.0
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

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
    backend = open_backend(settings)
    from bonaface.server.wiring import build_services

    return build_services(settings, backend)


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
