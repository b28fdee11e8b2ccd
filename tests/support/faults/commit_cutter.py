"""A proxy before PostgreSQL that breaks the line at the one moment when nobody knows: in the COMMIT."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

COUNTING = b"INTO usage_totals"
"""What a transaction that counts replies says, before a driver has prepared it."""


class CommitCutter:
    """Passes bytes on, and cuts the line at one COMMIT that counts replies.

    `arm` says whether before the server has it, or after it is done.
    """

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets = [self._listener]
        self._threads: list[threading.Thread] = []
        self._armed: str | None = None
        self.cuts = 0
        self._start(self._accept)

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def arm(self, when: str) -> None:
        """Cut at the next COMMIT, `before` it reaches the server or `after` the server has done it."""
        self._armed = when

    def close(self) -> None:
        """Cut all and stop."""
        _end(*self._sockets)
        for thread in list(self._threads):
            thread.join()
        for each in self._sockets:
            each.close()

    def _start(self, run: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=run, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._sockets.append(client)
                server = socket.create_connection(self._target)
                self._sockets.append(server)
                self._start(self._forward, client, server)
                self._start(_copy, server, client)

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        counts = False
        with suppress(OSError):
            while data := client.recv(65536):
                counts = counts or COUNTING in data
                if self._armed is not None and counts and b"COMMIT" in data:
                    self._cut(data, client, server)
                    return
                counts = counts and b"COMMIT" not in data
                server.sendall(data)
        _end(client, server)

    def _cut(self, data: bytes, client: socket.socket, server: socket.socket) -> None:
        when, self._armed = self._armed, None
        self.cuts += 1
        _end(client)
        if when == "before":
            _end(server)
            return
        server.sendall(data)
        server.shutdown(socket.SHUT_WR)  # it does what it was told, finds that we are gone, and ends


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            with suppress(
                OSError
            ):  # the client may be cut off; what the server has to say is read all the same
                target.sendall(data)
    _end(target)


def _end(*connections: socket.socket) -> None:
    for connection in connections:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting(port: int) -> Iterator[CommitCutter]:
    """One before the server that listens on `port`, while the block runs."""
    cutter = CommitCutter(port)
    try:
        yield cutter
    finally:
        cutter.close()
