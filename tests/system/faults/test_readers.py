"""Clients that never read: what they hold is bounded, nobody waits behind them, and a stop cuts them off.

That the server cuts them off by itself after a minute is tested with a shorter one in
tests/component/server/test_http_protocol.py.
"""

import signal
import socket
from contextlib import ExitStack
from pathlib import Path

from support.http.wire import head
from support.load.clients import Clients
from support.servers.served import QUICK_ENGINE, Served, serving
from support.waiting import wait_until

CLIENTS = 100
LARGE = head("/docs/swagger-ui-bundle.js", method="GET")
"""The largest file that anyone may ask for: 1.5 MB."""
TIMES = 10
"""More than the kernel keeps for a connection, 4 MB."""
MOST_KB = 400
"""A client's share of the growth in memory; 185 KB were measured, of 15 MB that it asked for."""


def stubborn(served: Served) -> socket.socket:
    """A client that asks and takes next to nothing into its own memory."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.connect(served.address)
    connection.sendall(LARGE * TIMES)
    return connection


def test_clients_that_never_read_hold_little_and_nobody_up(
    tmp_path: Path, models_directory: Path, small: bytes
) -> None:
    grace: dict[str, object] = {"shutdown_grace": 1}
    with (
        serving(tmp_path, models_directory, server=grace, models=QUICK_ENGINE) as served,
        ExitStack() as stack,
    ):
        with Clients(served, small, 4) as load:
            wait_until(lambda: load.received.total() >= 20)
        memory, threads = served.memory, served.threads
        for _ in range(CLIENTS):
            stack.enter_context(stubborn(served))
        with Clients(served, small, 4) as load:
            wait_until(lambda: load.received.total() >= 50)
        assert (load.cut, load.unanswered, load.refused) == (0, 0, 0)
        assert (served.memory - memory) / CLIENTS < MOST_KB
        assert served.threads < threads + CLIENTS / 2  # those that requests borrow, not one for each
        served.send(signal.SIGTERM)
        assert served.wait() == 0
