"""From settings to a listening server: the socket first, then the models, then uvicorn."""

import gc
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bonaface.models.loaded_presets import LoadedPresets
from bonaface.server.process import handle_signals, have_ended, logging_to_standard_error, stoppable
from bonaface.server.sockets import BACKLOG, base_url, bind, bind_metrics
from bonaface.serving.presets_in_force import Listener, open_presets
from bonaface.serving.registry import open_backend
from bonaface.settings import Settings

if TYPE_CHECKING:
    from bonaface.api.services import Services
    from bonaface.server.shutdown import StoppingServer

log = structlog.get_logger(__name__)


def serve(settings: Settings, announce: Callable[[str], None] | None = None) -> bool:
    """Serve until SIGINT, SIGTERM or SIGHUP; `announce` gets the base URL once requests are answered.

    Whether everything that was begun has ended: if not, a thread hangs in a native library or on the
    network, and only leaving the process at once ends it. Raises ConfigurationError when an address cannot
    be listened on; ModelError and StorageError when the services cannot be made; SystemExit on a signal
    before it serves. Belongs to the main thread.
    """
    with ExitStack() as stack:
        stack.enter_context(logging_to_standard_error(settings.log))
        before = set(threading.enumerate())
        with stoppable():
            _serve(settings, announce)
            return have_ended(before)


def _serve(settings: Settings, announce: Callable[[str], None] | None) -> None:
    with ExitStack() as stack:
        presets = open_presets(settings.models)
        listener = stack.enter_context(bind(settings.server))
        metrics = bind_metrics(settings.metrics)
        if metrics is not None:
            stack.enter_context(metrics)
        services = prepared(settings, presets)
        if metrics is not None:
            stack.enter_context(_exposed(services, metrics))
        if announce is not None:
            services.dispatcher.warmed.add_done_callback(partial(_announce, announce, base_url(listener)))
        serve_on(listener, services)


def serve_on(listener: socket.socket, services: "Services") -> None:
    """Serve on a socket until SIGINT, SIGTERM or SIGHUP. Raises as `Services.wait`. Within `stoppable`."""
    server = make_server(services)
    services.wait()
    handle_signals(server.handle_exit)
    gc.freeze()  # what is here stays to the end: the collector need not go through it again and again
    gc.enable()  # it was paused while there was nothing to free
    server.run(sockets=[listener])


def prepared(settings: Settings, presets: LoadedPresets, spread: Listener | None = None) -> "Services":
    """As `build_services`; processes load models while this one imports the libraries of the web."""
    backend = open_backend(settings, presets.calibration)
    from bonaface.server.wiring import build_services

    return build_services(settings, backend, presets, spread)


def _exposed(services: "Services", listener: socket.socket) -> AbstractContextManager[None]:
    from bonaface.observability.exposition import PATH, exposed

    log.info("metrics.served", at=f"{base_url(listener)}{PATH}")
    return exposed(services.metrics.registry, listener)


def make_server(services: "Services") -> "StoppingServer":
    """A uvicorn server around the application. Give it a socket from `bind`."""
    import uvicorn

    from bonaface.api.app import create_app
    from bonaface.server.http_protocol import with_places
    from bonaface.server.shutdown import StoppingServer

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


def _announce(announce: Callable[[str], None], url: str, warmed: Future[bool]) -> None:
    """Not in the worker that calls this: printing waits for whoever reads it, for ever perhaps."""
    if warmed.result():
        threading.Thread(target=announce, args=(url,), name="announce", daemon=True).start()
