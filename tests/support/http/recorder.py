"""A relay before a server that keeps what clients send, and that read as requests."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

import h11

SECONDS = 60
PIECE = 65536
Headers = list[tuple[str, str]]
"""Names as they were written, and values."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it came: the fields of its head, its body without chunks."""

    headers: Headers
    body: bytes

    def value(self, name: str) -> str | None:
        """Of a header field, by its name in any case."""
        return value_of(self.headers, name)


@dataclass
class Recorder:
    """Where clients connect to. Of each connection the bytes are kept."""

    address: tuple[str, int]
    connections: list[bytearray] = field(default_factory=list)

    def requests(self) -> list[Sent]:
        """Those so far, one a connection."""
        return [_read(bytes(received)) for received in self.connections if received]


@contextmanager
def recording(server: tuple[str, int]) -> Iterator[Recorder]:
    """A relay to `server` while the block runs."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        recorder = Recorder(listener.getsockname())
        thread = threading.Thread(target=_accept, args=(listener, server, recorder))
        thread.start()
        try:
            yield recorder
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(SECONDS)


def value_of(headers: Headers, name: str) -> str | None:
    """Of the field with that name in any case; None where there is none."""
    return next((value for key, value in headers if key.lower() == name.lower()), None)


def part_of(sent: Sent, name: str) -> tuple[Headers, bytes]:
    """The fields of a form part's head, and the part's bytes. Raises KeyError where there is no such part."""
    kind = sent.value("content-type") or ""
    boundary = b"--" + kind.partition("boundary=")[2].strip('"').encode()
    for part in (b"\r\n" + sent.body).split(b"\r\n" + boundary)[1:-1]:
        head, _, data = part.partition(b"\r\n\r\n")
        lines = (line.decode().partition(": ") for line in head.split(b"\r\n")[1:])
        headers = [(key, value) for key, _, value in lines]
        if f'name="{name}"' in (value_of(headers, "content-disposition") or ""):
            return headers, data
    raise KeyError(name)


def _accept(listener: socket.socket, server: tuple[str, int], recorder: Recorder) -> None:
    threads = []
    with suppress(OSError):  # raised when the listener is shut down
        while True:
            client, _ = listener.accept()
            recorder.connections.append(bytearray())
            threads.append(threading.Thread(target=_relay, args=(client, server, recorder.connections[-1])))
            threads[-1].start()
    for thread in threads:
        thread.join(SECONDS)


def _relay(client: socket.socket, server: tuple[str, int], kept: bytearray) -> None:
    with client, socket.create_connection(server, timeout=SECONDS) as origin:
        client.settimeout(SECONDS)
        answers = threading.Thread(target=_pump, args=(origin, client, bytearray()))
        answers.start()
        _pump(client, origin, kept)
        answers.join(SECONDS)


def _pump(source: socket.socket, target: socket.socket, kept: bytearray) -> None:
    """Until the end of `source` or its reset, which `target` is told."""
    with suppress(OSError):
        while data := source.recv(PIECE):
            kept += data
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _read(received: bytes) -> Sent:
    """The one request of a connection. An offer to upgrade it is not taken."""
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(received)
    request, body = connection.next_event(), b""
    assert isinstance(request, h11.Request)
    while isinstance(event := connection.next_event(), h11.Data):
        body += event.data
    assert isinstance(event, h11.EndOfMessage)
    assert connection.trailing_data[0] == b""
    return Sent([(name.decode(), value.decode()) for name, value in request.headers.raw_items()], body)
