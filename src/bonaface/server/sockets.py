"""Sockets that listen, and sentences that say why one cannot."""

import errno
import os
import socket
import sys
from typing import Any

from bonaface.errors import ConfigurationError
from bonaface.settings import MetricsSettings, ServerSettings

BACKLOG = 1024

IN_USE = "Port {port} of {host} is in use; stop what listens there or choose another port."
NOT_ALLOWED = "This user may not listen on port {port}; choose one from 1024 on."
NOT_LINUX = "server.processes over 1 needs Linux, whose kernel spreads connections; leave it at 1."
NO_ADDRESS = "{host} is not an address of this machine; choose another host to listen on."

FIRST_DESCRIPTOR = 3
"""Of the sockets that systemd hands over (sd_listen_fds(3))."""
ONE_SOCKET = "systemd hands over {count} sockets; give the .socket unit one ListenStream=."
ONE_PROCESS = (
    "systemd holds one socket, which several server processes cannot share; disable bonaface.socket, or "
    "leave server.processes at 1."
)
ONE_KIND = "The socket that systemd hands over is no TCP socket that listens; give ListenStream=ADDRESS:PORT."


def bind(settings: ServerSettings) -> socket.socket:
    """A socket that listens: the one that systemd hands over, else one on the host and port of `settings`.

    Raises ConfigurationError.
    """
    return inherited() or listen(settings.host, settings.port)


def inherited() -> socket.socket | None:
    """The socket that systemd holds for this process, as `LISTEN_PID` tells; None where there is none.

    No process that this one starts takes it for its own. Raises ConfigurationError unless it is one of TCP.
    """
    owner, count = os.environ.pop("LISTEN_PID", ""), os.environ.pop("LISTEN_FDS", "")
    os.environ.pop("LISTEN_FDNAMES", None)
    if owner != str(os.getpid()):
        return None
    if count != "1":
        raise ConfigurationError(ONE_SOCKET.format(count=count))
    try:
        os.set_inheritable(FIRST_DESCRIPTOR, False)
        listener = socket.socket(fileno=FIRST_DESCRIPTOR)
        is_listening = listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError as error:
        raise ConfigurationError(ONE_KIND) from error
    if listener.family not in (socket.AF_INET, socket.AF_INET6) or not is_listening:
        raise ConfigurationError(ONE_KIND)
    return listener


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


def reserve(settings: ServerSettings) -> socket.socket:
    """A socket that keeps the host and port of `settings` for sockets of `beside`, and never listens.

    Raises ConfigurationError, also when another server of several processes listens there: the kernel alone
    would let it.
    """
    if not hasattr(socket, "SO_REUSEPORT") or sys.platform != "linux":
        raise ConfigurationError(NOT_LINUX)
    held = inherited()
    if held is not None:
        held.close()
        raise ConfigurationError(ONE_PROCESS)
    with listen(settings.host, settings.port) as probe:
        address = probe.getsockname()
    try:
        return _shared(settings.host, address)
    except OSError as error:
        raise ConfigurationError(_sentence(error).format(host=settings.host, port=address[1])) from error


def beside(reserved: socket.socket) -> socket.socket:
    """One more socket for the address of `reserved`, bound; once it listens, the kernel gives it its share of
    new connections. Raises OSError.
    """
    address = reserved.getsockname()
    return _shared(address[0], address)


def _shared(host: str, address: tuple[Any, ...]) -> socket.socket:
    made = socket.socket(_family(host), socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if made.family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)  # as `listen` has it
        made.bind(address)
    except BaseException:
        made.close()
        raise
    return made


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
