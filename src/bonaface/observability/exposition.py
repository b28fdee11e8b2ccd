"""Where Prometheus reads the metrics: GET /metrics on a port of its own, answered by threads of its own.

So an operator's network keeps the metrics apart from the public route, and a server whose event loop is busy
still tells how busy it is.
"""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from wsgiref.simple_server import WSGIRequestHandler
from wsgiref.types import StartResponse, WSGIEnvironment

import structlog
from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

PATH = "/metrics"
NAME = "bonaface"
CLIENT_SECONDS = 10.0
"""A reader that is silent for longer is given up."""
STOP_SECONDS = 0.1
"""How long it takes at most to see that it is to stop."""
JOIN_SECONDS = 5.0

Headers = list[tuple[str, str]]
Start = Callable[[str, Headers], object]
"""The `start_response` of PEP 3333, without its third argument: nothing here uses it."""

log = structlog.get_logger(__name__)


@contextmanager
def exposed(registry: CollectorRegistry, listener: socket.socket) -> Iterator[None]:
    """Answer on `listener` while the block runs, then close it."""
    server = _Server(listener, MetricsApp(registry))
    thread = threading.Thread(target=server.serve_forever, args=(STOP_SECONDS,), name="metrics", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(JOIN_SECONDS)
        server.server_close()


class MetricsApp:
    """The WSGI application: the registry at /metrics, nothing anywhere else."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._app: Callable[[WSGIEnvironment, Start], list[bytes]] = make_wsgi_app(registry)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start = partial(_start, start_response)
        if environ["PATH_INFO"] != PATH:
            return _refuse(start, "404 Not Found")
        if environ["REQUEST_METHOD"] != "GET":
            return _refuse(start, "405 Method Not Allowed", ("Allow", "GET"))
        return self._app(environ, start)


def _start(start_response: StartResponse, status: str, headers: Headers) -> object:
    """Say no more of the server than its name; the library would tell its version and Python's."""
    return start_response(status, [*headers, ("Server", NAME)])


def _refuse(start: Start, status: str, *headers: tuple[str, str]) -> list[bytes]:
    start(status, [("Content-Type", "text/plain"), *headers])
    return [f"{status}: there is only GET {PATH} here\n".encode()]


class _Handler(WSGIRequestHandler):
    timeout = CLIENT_SECONDS

    def log_message(self, format: str, *args: object) -> None:
        log.debug("metrics.request", line=format % args)


class _Server(ThreadingWSGIServer):
    """A server on a socket that listens already: no name of the host is looked up."""

    def __init__(self, listener: socket.socket, app: MetricsApp) -> None:
        host, port = listener.getsockname()[:2]
        super().__init__((host, port), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_name, self.server_port = host, port
        self.setup_environ()
        self.set_app(app)

    def handle_error(self, request: object, client_address: object) -> None:
        log.info("metrics.broken_off", exc_info=True)
