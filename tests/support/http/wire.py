"""HTTP byte by byte: what is sent is what the test says, and the answer is told as it came."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson

SECONDS = 60
"""A read that takes longer fails the test; no test waits this long."""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """One answer: status, headers by lower-case name, body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        return orjson.loads(self.body)

    @property
    def code(self) -> int:
        code: int = self.json["header"]["resultCode"]
        return code


class Wire:
    """A connection to a server."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._file = connection.makefile("rb")

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def read(self) -> RawAnswer:
        """The next answer, interim ones (1xx) included."""
        status = int(self._file.readline().split()[1])
        headers = dict(self._headers())
        length = int(headers.get("content-length", 0))
        return RawAnswer(status, headers, self._file.read(length))

    def is_closed(self) -> bool:
        """Whether the server closes without sending more. A reset is an end too: something was not read."""
        try:
            return self._file.read(1) == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self._file.close()
        self._connection.close()

    def _headers(self) -> Iterator[tuple[str, str]]:
        while line := self._file.readline().rstrip(b"\r\n"):
            name, _, value = line.decode("latin-1").partition(":")
            yield name.lower(), value.strip()


@contextmanager
def connected(address: tuple[str, int]) -> Iterator[Wire]:
    """A connection, closed at the end of the block."""
    with socket.create_connection(address, timeout=SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # pieces leave as they are sent
        wire = Wire(connection)
        try:
            yield wire
        finally:
            wire.close()


def exchange(address: tuple[str, int], data: bytes) -> RawAnswer:
    """The answer to `data` on a connection of its own."""
    with connected(address) as wire:
        wire.send(data)
        return wire.read()


def head(path: str, *headers: str, method: str = "POST") -> bytes:
    """A request line and headers, with the empty line after them."""
    lines = [f"{method} {path} HTTP/1.1", "Host: bonaface.test", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def form(*parts: tuple[str, str | None, bytes], boundary: str = "xyz") -> tuple[str, bytes]:
    """Content type and body of a form of (name, file name, content)."""
    body = b""
    for name, filename, content in parts:
        disposition = f'form-data; name="{name}"'
        if filename is not None:
            disposition += f'; filename="{filename}"'
        body += f"--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + content + b"\r\n"
    return f"multipart/form-data; boundary={boundary}", body + f"--{boundary}--\r\n".encode()
