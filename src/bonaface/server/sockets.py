"""Sockets that listen, and sentences that say why one cannot."""

import errno
import socket

from bonaface.errors import ConfigurationError
from bonaface.settings import MetricsSettings, ServerSettings

BACKLOG = 1024

IN_USE = "Port {port} of {host} is in use; stop what listens there or choose another port."
NOT_ALLOWED = "This user may not listen on port {port}; choose one from 1024 on."
NO_ADDRESS = "{host} is not an address of this machine; choose another host to listen on."


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
    except (OSError, UnicodeError) as error:  # the second: a name that no DNS may hold
        raise ConfigurationError(_sentence(error).format(host=host, port=port)) from error


def base_url(listener: socket.socket) -> str:
    """The http URL that a listening socket answers under."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _family(host: str) -> socket.AddressFamily:
    return socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][0]


def _sentence(error: OSError | UnicodeError) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return IN_USE
    if number == errno.EACCES:
        return NOT_ALLOWED
    return NO_ADDRESS
