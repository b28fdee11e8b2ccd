"""Clients that would fill a server's memory or hold its event loop, and whether others go on meanwhile."""

import contextlib
import select
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.http.wire import exchange, head
from support.servers.served import Served

JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"
PATIENCE = 0.5
"""Seconds after which a client that does not get on sending sends no more."""
SECONDS = 60
IMAGE = 3_000_000
"""The largest image, in bytes."""


@dataclass(frozen=True)
class Flood:
    """What a client sends on one connection: `first`, then `more` so many times. It never reads."""

    first: bytes
    more: bytes
    times: int


def floods(served: Served) -> dict[str, Flood]:
    """Each kind there is. Those with keys use the keys of `served`.

    Of what a server reads and throws away, megabytes a client: of all clients more than it may grow.
    """
    authorized = f"Authorization: {served.keys.secret}"
    chunked = head(served.path, authorized, JSON, CHUNKED)
    tiny = b'{"x":[' + b"{}," * 1_300_000 + b"1]}"
    strange = head(served.path, "Authorization: wrong", JSON, CHUNKED)
    health = head("/healthz", method="GET")
    long_head = head("/healthz", *(f"X-{number}: {'a' * 200}" for number in range(250)), method="GET")
    return {
        "answers that nobody reads": Flood(b"", health * 100, 1000),
        "long heads that nobody waits for": Flood(b"", long_head, 100),
        "a large file, again and again": Flood(b"", head("/docs/swagger-ui-bundle.js", method="GET"), 1000),
        "tiny chunks": Flood(chunked, b"1\r\na\r\n" * 10_000, 100),
        "tiny chunks without keys": Flood(strange, b"1\r\na\r\n" * 10_000, 100),
        "chunk extensions": Flood(chunked, b"1;" + b"x" * 60_000 + b"\r\na\r\n", 100),
        "an extension without end": Flood(chunked + b"1;", b"x" * 60_000, 100),
        "trailers": Flood(chunked + b"0\r\n", b"X: y\r\n" * 10_000, 100),
        "empty lines": Flood(b"", b"\r\n" * 30_000, 100),
        "tiny values": Flood(whole(served, tiny), b"", 0),
        "escapes": Flood(chunked + b'400000\r\n{"image":{"bytes":"', b"\\/" * 30_000, 100),
        "requests behind a refusal": Flood(strange, served.request(b"") * 100, 100),
        "no HTTP": Flood(b"\0\r\n\r\n", bytes(60_000), 100),
    }


def whole(served: Served, body: bytes) -> bytes:
    """A request with keys and `body` as JSON."""
    return (
        head(served.path, f"Authorization: {served.keys.secret}", JSON, f"Content-Length: {len(body)}") + body
    )


class Crowd:
    """Clients that send a flood each, and the next one when the server has closed, until the block ends."""

    def __init__(self, address: tuple[str, int], floods: Sequence[Flood], size: int) -> None:
        self._address = address
        self._floods = floods
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(place,)) for place in range(size)]
        self._rounds = [0] * size

    @property
    def rounds(self) -> int:
        """How often each client has sent what it could, at least."""
        return min(self._rounds)

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(SECONDS)

    def _run(self, place: int) -> None:
        while not self._ended.is_set():
            flood = self._floods[(place + self._rounds[place]) % len(self._floods)]
            with contextlib.suppress(OSError), socket.socket() as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                connection.settimeout(PATIENCE)
                connection.connect(self._address)
                self._send(connection, flood)
                self._rounds[place] += 1
                self._wait(connection)

    def _send(self, connection: socket.socket, flood: Flood) -> None:
        with contextlib.suppress(OSError):
            connection.sendall(flood.first)
            for _ in range(flood.times):
                if self._ended.is_set():
                    return
                connection.sendall(flood.more)

    def _wait(self, connection: socket.socket) -> None:
        """Return when the server has closed, or at the end."""
        poll = select.poll()
        poll.register(connection, select.POLLRDHUP)
        while not self._ended.is_set() and not poll.poll(100):
            pass


@contextmanager
def waiting(served: Sequence[Served], each: int) -> Iterator[Callable[[], None]]:
    """Connections that have sent the largest body but for its end; what is given sends all ends at once."""
    body = b'{"image":{"bytes":"' + b"/" * (4 * IMAGE // 3) + b'"}}'
    with ExitStack() as stack:
        connections = []
        for one in served:
            for _ in range(each):
                connection = stack.enter_context(socket.create_connection(one.address, timeout=SECONDS))
                connection.sendall(whole(one, body)[:-1])
                connections.append(connection)

        def finish() -> None:
            for connection in connections:
                connection.sendall(b"}")

        yield finish


@dataclass
class Witness:
    """Asks a server for its health and for analyses while others do it harm."""

    served: Served
    image: bytes
    longest: float = 0.0

    def ask(self, times: int) -> None:
        """Return once so many of either were answered well. Fails where `/healthz` is not."""
        for _ in range(times):
            self.ask_health(1)
            while (answer := self.served.ask(self.image)).code != 0:
                assert answer.status == 503, answer

    def ask_health(self, times: int) -> None:
        """Return once `/healthz` was answered so often."""
        for _ in range(times):
            before = self.served.processor_seconds
            answer = exchange(self.served.address, head("/healthz", "Connection: close", method="GET"))
            self.longest = max(self.longest, self.served.processor_seconds - before)
            assert answer.status == 200


def reset_peak(pid: int) -> None:
    """Have the kernel measure a process's peak memory from now on."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
