"""The end of a connection whose client may still be sending.

A socket that is closed with bytes unread resets the connection, and the reset may overtake the answer: the
client then sees no answer at all (RFC 9112, section 9.6). So the server says that it is done, and reads on
for a moment.
"""

import asyncio

SECONDS = 2.0
MAX_BYTES = 4_000_000


class Linger:
    """Ends `transport` after what was written: at the client's end, after 2 seconds, or after 4 MB more."""

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
