"""An HTTP client light enough to measure with: prepared bytes out, what counts of the answer back."""

import asyncio
from dataclasses import dataclass
from typing import cast

BOUNDARY = "bonaface-bench"
HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `retry_after` tells whether the header was there; `is_last`, that the server closes."""

    status: int
    is_success: bool
    retry_after: bool
    is_last: bool


class Connection:
    """One connection to `address`, made at the first request and again after the server has closed it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._line: _Line | None = None

    async def ask(self, request: bytes) -> Answer:
        """The answer to `request`. Raises OSError or EOFError when the connection breaks."""
        if self._line is None or self._line.is_over:
            await self.close()
            loop = asyncio.get_running_loop()
            _, self._line = await loop.create_connection(_Line, *self._address)
        answer = await self._line.ask(request)
        if answer.is_last:
            await self.close()
        return answer

    async def close(self) -> None:
        """Let go of it; the next request makes a new one."""
        line, self._line = self._line, None
        if line is not None:
            await line.close()


class _Line(asyncio.Protocol):
    """An open connection, for one request at a time. Less work than a stream: the server wants the cores."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._received = bytearray()
        self._answer: asyncio.Future[Answer] | None = None
        self._lost: asyncio.Future[None] = loop.create_future()
        self.is_over = False
        """Whether the server sends nothing more."""

    async def ask(self, request: bytes) -> Answer:
        self._received.clear()
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    async def close(self) -> None:
        self._transport.close()
        await self._lost

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        answer = _read(self._received)
        if answer is not None and self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    def eof_received(self) -> None:
        self._end(EOFError("the server closed the connection before its answer was whole"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc or EOFError("the connection was closed"))
        if not self._lost.done():
            self._lost.set_result(None)

    def _end(self, error: Exception) -> None:
        self.is_over = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)


def upload(app_key: str, secret: str, image: bytes) -> bytes:
    """A whole request of the v1.0 route: `image` as the file of a form."""
    part = 'Content-Disposition: form-data; name="imageFile"; filename="image"'
    body = f"--{BOUNDARY}\r\n{part}\r\n\r\n".encode() + image + f"\r\n--{BOUNDARY}--\r\n".encode()
    head = (
        f"POST /v1.0/appkeys/{app_key}/spoofing HTTP/1.1\r\nHost: localhost\r\nAuthorization: {secret}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _read(received: bytearray) -> Answer | None:
    """The answer, once it is there to its end."""
    end = received.find(HEAD_END)
    if end < 0:
        return None
    head = bytes(received[: end + 2]).lower()
    length = int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
    if len(received) < end + len(HEAD_END) + length:
        return None
    status = int(head.split(b" ", 2)[1])
    return Answer(
        status=status,
        is_success=status == 200 and b"\r\nx-result-code: 0\r\n" in head,
        retry_after=b"\r\nretry-after:" in head,
        is_last=b"\r\nconnection: close\r\n" in head,
    )
