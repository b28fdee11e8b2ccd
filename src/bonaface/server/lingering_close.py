"""The end of a connection whose client may still be sending.

A socket that is closed with bytes unread resets the connection, and the reset may overtake the answer: the
client then sees no answer at all (RFC 9112, section 9.6). So the server says that it is done, and reads on
for a moment. What it reads then is thrown away as it comes: nothing in it is ever taken for a request.
"""

import asyncio
from collections.abc import Callable
from typing import Any

SECONDS = 2.0
MAX_BYTES = 32 * 1024 * 1024


class Linger:
    """Ends `transport` after what was written: at the client's end, after 2 seconds, or after 32 MiB more."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._left = MAX_BYTES
        self._timer = loop.call_later(SECONDS, transport.close)
        transport.resume_reading()
        if transport.can_write_eof():
            transport.write_eof()

    def drop(self, data: bytes) -> None:
        """Take what the client sent meanwhile."""
        self._left -= len(data)
        if self._left < 0:
            self._transport.close()

    def end(self) -> None:
        """To be called when the connection is lost."""
        self._timer.cancel()


class LingeringTransport(asyncio.Transport):
    """`transport`, except that `close` lingers while the client `is_sending`. All else is passed on."""

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, is_sending: Callable[[], bool]
    ) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._is_sending = is_sending
        self._linger: Linger | None = None
        self.is_lingering = False

    def close(self) -> None:
        if self.is_closing():
            return
        if self._is_sending():
            self.linger()
        else:
            self._transport.close()

    def linger(self) -> None:
        """Write no more, and close in a moment."""
        if not self.is_closing():
            self._linger = Linger(self._transport, self._loop)
            self.is_lingering = True

    def drop(self, data: bytes) -> None:
        """Throw away what came since the end has begun, if it has."""
        if self._linger is not None:
            self._linger.drop(data)

    def end(self) -> None:
        """To be called when the connection is lost."""
        if self._linger is not None:
            self._linger.end()

    def is_closing(self) -> bool:
        return self._linger is not None or self._transport.is_closing()

    def write(self, data: "bytes | bytearray | memoryview[Any]") -> None:
        if self._linger is None:
            self._transport.write(data)

    def abort(self) -> None:
        self._transport.abort()

    def pause_reading(self) -> None:
        if self._linger is None:
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._transport.set_write_buffer_limits(high, low)

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - as it is declared
        return self._transport.get_extra_info(name, default)
