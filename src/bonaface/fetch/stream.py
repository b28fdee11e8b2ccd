"""The bytes of a download, in turns with everybody else, whom the same event loop serves."""

import ssl
from typing import Any

import anyio.lowlevel
import httpcore2

HEAD_READ = 512
"""Bytes at a time until the head is there. What is read at once is parsed at once, and any number of interim
answers may come before the head (RFC 9110, 15.2)."""
BODY_READ = 64 * 1024


class FairStream(httpcore2.AsyncNetworkStream):
    """`stream` with a turn for everybody else before each read, which also notices that time is up.

    Bytes that a TLS record or the kernel holds already come without one. `most` bytes come at a time.
    """

    def __init__(self, stream: httpcore2.AsyncNetworkStream) -> None:
        self._stream = stream
        self.most = HEAD_READ

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the library's
        """At most `max_bytes` of what is there; none at the end."""
        await anyio.lowlevel.checkpoint()
        return await self._stream.read(min(max_bytes, self.most), timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the library's
        """Send `buffer`."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's
    ) -> httpcore2.AsyncNetworkStream:
        """This stream, encrypted from here on."""
        self._stream = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        return self

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - the library's
        """What the library knows of the connection."""
        return self._stream.get_extra_info(info)
