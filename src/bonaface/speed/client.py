"""An HTTP client light enough to measure with: prepared bytes out, what counts of the answer back."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

BOUNDARY = "bonaface-bench"


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
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> Answer:
        """The answer to `request`. Raises OSError or EOFError when the connection breaks."""
        reader, writer = await self._open()
        writer.write(request)
        answer = await _read(reader)
        if answer.is_last:
            await self.close()
        return answer

    async def close(self) -> None:
        """Let go of it; the next request makes a new one."""
        writer, self._reader, self._writer = self._writer, None, None
        if writer is not None:
            writer.close()
            with suppress(OSError):  # the server was faster, or has gone
                await writer.wait_closed()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None or self._reader.at_eof():
            await self.close()
            self._reader, self._writer = await asyncio.open_connection(*self._address)
        return self._reader, self._writer


def upload(app_key: str, secret: str, image: bytes) -> bytes:
    """A whole request of the v1.0 route: `image` as the file of a form."""
    part = 'Content-Disposition: form-data; name="imageFile"; filename="image"'
    body = f"--{BOUNDARY}\r\n{part}\r\n\r\n".encode() + image + f"\r\n--{BOUNDARY}--\r\n".encode()
    head = (
        f"POST /v1.0/appkeys/{app_key}/spoofing HTTP/1.1\r\nHost: localhost\r\nAuthorization: {secret}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    status = int(head.split(b" ", 2)[1])
    return Answer(
        status=status,
        is_success=status == 200 and b"\r\nx-result-code: 0\r\n" in head,
        retry_after=b"\r\nretry-after:" in head,
        is_last=b"\r\nconnection: close\r\n" in head,
    )
