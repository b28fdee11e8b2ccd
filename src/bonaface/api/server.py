"""From settings to a listening server: the socket first, then the models, then uvicorn."""

import contextlib
import errno
import socket
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec

import structlog
import uvicorn

from bonaface.api.app import create_app
from bonaface.api.services import Services, build_services
from bonaface.errors import ConfigurationError
from bonaface.observability.exposition import PATH, exposed
from bonaface.observability.logging import configure
from bonaface.settings import MetricsSettings, ServerSettings, Settings

BACKLOG = 1024
KEEP_ALIVE = 5
HEAD_BYTES = 64 * 1024

IN_USE = "Port {port} of {host} is in use; stop what listens there or choose another port."
NOT_ALLOWED = "This user may not listen on port {port}; choose one from 1024 on."
NO_ADDRESS = "{host} is not an address of this machine; choose another host to listen on."

log = structlog.get_logger(__name__)


def serve(settings: Settings, announce: Callable[[str], None] | None = None) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is called with the base URL once requests are answered.

    Raises ConfigurationError when an address cannot be listened on; ModelError and StorageError when
    the services cannot be made.
    """
    configure(settings.log)
    with ExitStack() as stack:
        listener = stack.enter_context(bind(settings.server))
        metrics = bind_metrics(settings.metrics)
        if metrics is not None:
            stack.enter_context(metrics)
        services = build_services(settings)
        if metrics is not None:
            stack.enter_context(exposed(services.metrics.registry, metrics))
            log.info("metrics.served", at=f"{base_url(metrics)}{PATH}")
        server = make_server(services)
        if announce is not None:
            services.engine.warmed.add_done_callback(partial(_announce, announce, base_url(listener)))
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises the signal again after it has stopped
            server.run(sockets=[listener])


def make_server(services: Services) -> uvicorn.Server:
    """A uvicorn server around the application. Give it a socket from `bind`."""
    settings = services.settings.server
    return uvicorn.Server(
        uvicorn.Config(
            create_app(services),
            http=_protocol(),
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=settings.shutdown_grace,
            h11_max_incomplete_event_size=HEAD_BYTES,
        )
    )


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


def _announce(announce: Callable[[str], None], url: str, warmed: Future[bool]) -> None:
    if warmed.result():
        announce(url)


def _family(host: str) -> socket.AddressFamily:
    return socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][0]


def _sentence(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return IN_USE
    if error.errno == errno.EACCES:
        return NOT_ALLOWED
    return NO_ADDRESS


def _protocol() -> str:
    """The parser with limits where httptools is installed, else h11, which has its own."""
    if find_spec("httptools") is None:
        return "h11"
    return "bonaface.api.protocol:BoundedHttpProtocol"
