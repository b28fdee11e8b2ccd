"""Ports of the loopback address for programs that must be told one before they start."""

import secrets
import socket

PORTS = range(12_100, 32_000)
"""Below those that the kernel gives to connections, so that none of another test takes one meanwhile."""


def free_port() -> int:
    """A port that nobody listens on now, drawn so that tests side by side get different ones."""
    while True:
        port = secrets.choice(PORTS)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
