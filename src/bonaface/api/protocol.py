"""uvicorn's fast HTTP parser with what it lacks: limits on the size and the time of a request's head, and on
the time that a client takes to read what it asked for; and on what comes around a body.

Without them anyone could keep a connection open for ever, or fill the memory, before a key is checked.
What does not parse never becomes a request: its refusal, which no middleware sees, gets their headers here.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bonaface.api.linger import Linger
from bonaface.api.middleware.request_id import HEADER, chosen_id
from bonaface.api.middleware.security_headers import DEFAULTS

HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 15.0
READ_SECONDS = 60.0
TOO_LONG = "Request head too large."


class BoundedHttpProtocol(HttpToolsProtocol):
    """Closes a connection whose next request line and headers are over 64 KiB or take over 15 seconds.

    The 64 KiB hold for chunk extensions and trailers too, which count for no body. Trailers are dropped.
    Cuts one whose client leaves something unread, beyond what the kernel keeps for it, for 60 seconds.
    """

    head_seconds = HEAD_SECONDS
    read_seconds = READ_SECONDS

    _read_timer: asyncio.TimerHandle | None = None
    _head_timer: asyncio.TimerHandle | None = None
    _linger: Linger | None = None
    _stray_bytes = 0
    _has_progressed = False
    _is_between = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # paused is: something was not taken
        self._begin_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_head()
        self._end_read()
        if self._linger is not None:
            self._linger.end()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._end_read()
        self._read_timer = self.loop.call_later(self.read_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._end_read()

    def data_received(self, data: bytes) -> None:
        if self._linger is not None:
            self._linger.drop(data)
            return
        self._has_progressed = False
        if self._is_between and self._head_timer is None:  # empty lines are no message yet
            self._begin_head()
        super().data_received(data)
        self._stray_bytes = 0 if self._has_progressed else self._stray_bytes + len(data)
        if self._stray_bytes > HEAD_BYTES and self._linger is None and not self.transport.is_closing():
            self._refuse()

    def send_400_response(self, msg: str) -> None:
        body = msg.encode("ascii")
        self._forget_request()
        self.transport.write(_bad_request_head(len(body)) + body)
        self._linger = Linger(self.transport, self.loop)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_between = False
        self._begin_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._head_timer is not None:
            super().on_header(name, value)

    def on_headers_complete(self) -> Any:  # noqa: ANN401 - what the parser's own callback gives
        self._has_progressed = True
        self._end_head()
        return super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._has_progressed = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_between = True
        super().on_message_complete()

    def _begin_head(self) -> None:
        self._end_head()
        self._head_timer = self.loop.call_later(self.head_seconds, self._give_up)

    def _end_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _end_read(self) -> None:
        if self._read_timer is not None:
            self._read_timer.cancel()
            self._read_timer = None

    def _give_up(self) -> None:
        if self._is_answering:  # the head of the next request may wait for this answer
            self._begin_head()
        else:
            self.transport.close()

    def _refuse(self) -> None:
        if self._is_answering and self.cycle.response_started:
            self.transport.close()
        else:
            self.send_400_response(TOO_LONG)

    def _forget_request(self) -> None:
        """What is being answered, if anything, must write nothing after the refusal."""
        self._end_head()
        if self._is_answering:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete


def _bad_request_head(length: int) -> bytes:
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(length),
        "Connection": "close",
        HEADER: chosen_id(None),
        **DEFAULTS,
    }
    lines = ["HTTP/1.1 400 Bad Request", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("ascii")
