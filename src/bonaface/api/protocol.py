"""uvicorn's fast HTTP parser with what it lacks: limits on what a connection may send, have parsed and have
waiting, and on the time of a request's head and of reading an answer; and requests that offer an upgrade.

Without them anyone could keep a connection open for ever, fill the memory, or keep the event loop busy,
before a key is checked. What does not parse never becomes a request: its refusal, which no middleware sees,
gets their headers here.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from bonaface.api.flow import Flow
from bonaface.api.keep_alive import KeepAlive
from bonaface.api.linger import LingeringTransport
from bonaface.api.middleware.request_id import HEADER, chosen_id
from bonaface.api.middleware.security_headers import DEFAULTS

HEAD_BYTES = 64 * 1024
HEAD_LINES = 256
HEAD_SECONDS = 15.0
READ_SECONDS = 60.0
FRAMING_BYTES = 1024 * 1024
"""Chunk sizes, extensions and trailers of one body: 200,000 chunks of a byte."""
PIECE_BYTES = 8 * 1024
TURN_PIECES = 8
"""Pieces parsed in one go, before others have their turn on the loop."""
HEAD_END = b"\n\r\n"
LINE_ENDS = b"\r\n"

NO_HTTP = "Invalid HTTP request received."
TOO_LONG = "Request head too large."
TOO_MUCH_FRAMING = "Too many bytes of chunk sizes, extensions and trailers; send larger chunks."
NO_TUNNEL = "This server opens no tunnels; send the request itself."


class BoundedHttpProtocol(HttpToolsProtocol):
    """Closes a connection whose next request line and headers are over 64 KiB or 256 lines or take over 15
    seconds, or whose client leaves something unread, beyond what the kernel keeps for it, for 60 seconds.

    One request is parsed at a time. What comes behind it waits for its answer as it came, 256 KiB at most (a
    read of the event loop), and reading pauses. The 64 KiB hold for chunk extensions and trailers too,
    between two pieces of a body; all of a body's framing is 1 MiB at most. Trailers are dropped.

    An offer to upgrade is ignored (RFC 9110, section 7.8). CONNECT is refused: what follows it is no HTTP.
    """

    head_seconds = HEAD_SECONDS
    read_seconds = READ_SECONDS

    transport: LingeringTransport
    flow: Flow

    _read_timer: asyncio.TimerHandle | None = None
    _head_timer: asyncio.TimerHandle | None = None
    _received = b""
    _parsed = 0
    _line_end = b""
    _declared = 0
    _body_left = 0
    _body_bytes = 0
    _stray_bytes = 0
    _framing_bytes = 0
    _has_head = False
    _is_between = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(LingeringTransport(transport, self.loop, self._is_sending))
        self.flow = Flow(self.transport)
        self.transport.set_write_buffer_limits(high=0)  # paused is: something was not taken
        self._begin_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_head()
        self._end_read()
        self._received = b""
        self.transport.end()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._end_read()
        self._read_timer = self.loop.call_later(self.read_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._end_read()

    def data_received(self, data: bytes) -> None:
        if self.transport.has_dropped(data):
            return
        if self._received:
            data = self._received[self._parsed :] + data
        self._received, self._parsed = data, 0
        self._read_on()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_between = False
        self._declared = 0
        self._begin_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._head_timer is None:
            return  # a trailer
        super().on_header(name, value)
        if len(name) == len(b"content-length") and name.lower() == b"content-length":
            self._declared = int(value)

    def on_headers_complete(self) -> None:
        self._has_head = True
        self._end_head()
        if not self.parser.should_upgrade():
            self._body_left = self._declared
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        self._body_left = max(self._body_left - len(body), 0)
        super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.parser.should_upgrade():
            self._is_between = True
            self._framing_bytes = 0
            super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self._received:
            self.loop.call_soon(self._read_on)
        if self._is_between and not self.pipeline:
            self._forget_request()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401 - uvicorn's own type
        telling: Any = KeepAlive(app, cycle, self.timeout_keep_alive)
        super()._start_asgi_task(cycle, telling)

    def _read_on(self) -> None:
        """Parse some of what was received; the rest waits for its turn on the loop, or for an answer."""
        self._unset_keepalive_if_required()
        for _ in range(TURN_PIECES):
            if not self._may_parse():
                break
            self._parse(self._next_piece())
        if self.transport.is_closing():
            self._received = b""
        elif self._received:
            self.flow.hold()
            if not self._is_waiting:
                self.loop.call_soon(self._read_on)
        else:
            self.flow.release()
            if not self._is_full:
                self.flow.resume_reading()

    def _may_parse(self) -> bool:
        if self._is_waiting:  # empty lines are no request: the connection is read on, so its end is seen
            self._received = self._received[self._parsed :].lstrip(LINE_ENDS)
            self._parsed = 0
            return False
        return bool(self._received) and not self.transport.is_closing()

    def _next_piece(self) -> bytes | memoryview:
        """What to parse next: no message ends within it, so that none is parsed with the one before it.

        A message ends with its declared length, or with an empty line: that of its head, or of its chunks.
        """
        data, start = self._received, self._parsed
        end = len(data)
        if self._body_left:
            end = min(end, start + self._body_left)
        else:
            end = self._empty_line_end(data, start, min(end, start + PIECE_BYTES))
        self._parsed = end
        if end == len(data):
            self._received, self._parsed = b"", 0
        return data if end - start == len(data) else memoryview(data)[start:end]

    def _empty_line_end(self, data: bytes, start: int, end: int) -> int:
        """Where the first empty line ends, also one that began in the piece before; else `end`."""
        if self._line_end:
            for had in (2, 1):
                rest = HEAD_END[had:]
                if self._line_end.endswith(HEAD_END[:had]) and data.startswith(rest, start, end):
                    self._line_end = b""
                    return start + len(rest)
        empty_line = data.find(HEAD_END, start, end)
        if empty_line >= 0:
            self._line_end = b""
            return empty_line + len(HEAD_END)
        self._line_end = (self._line_end + data[max(start, end - 2) : end])[-2:]
        return end

    def _parse(self, piece: bytes | memoryview) -> None:
        if self._is_between and self._head_timer is None:  # empty lines are no message yet
            self._begin_head()
        self._has_head, self._body_bytes = False, 0
        try:
            self.parser.feed_data(piece)
        except HttpParserUpgrade as offer:
            self._ignore(offer, piece)
        except HttpParserError:
            self._refuse(HTTPStatus.BAD_REQUEST, NO_HTTP)
        else:
            self._count(len(piece))

    def _ignore(self, offer: HttpParserUpgrade, piece: bytes | memoryview) -> None:
        """Read the head again without the offer: the parser skips the body of a request that has one."""
        if self.parser.get_method() == b"CONNECT":
            self._refuse(HTTPStatus.NOT_IMPLEMENTED, NO_TUNNEL)
            return
        rest = bytes(piece[offer.args[0] :])
        self._received, self._parsed = rest + self._received[self._parsed :], 0
        head = self._head_without_offer()
        self.parser = HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._parse(head)

    def _head_without_offer(self) -> bytes:
        """The head just parsed, as it came but for spaces and `Upgrade`."""
        version = self.parser.get_http_version().encode("ascii")
        lines = [b"%b %b HTTP/%b" % (self.parser.get_method(), self.url, version)]
        lines += [b"%b: %b" % header for header in self.headers if header[0] != b"upgrade"]
        return b"\r\n".join([*lines, b"", b""])

    def _count(self, size: int) -> None:
        """Count the bytes of a piece that are no body."""
        around = 0 if self._has_head else size - self._body_bytes
        self._framing_bytes += around
        self._stray_bytes = around if self._has_head or self._body_bytes else self._stray_bytes + around
        if self._stray_bytes > HEAD_BYTES or (self._head_timer and len(self.headers or ()) > HEAD_LINES):
            self._refuse(HTTPStatus.BAD_REQUEST, TOO_LONG)
        elif self._framing_bytes > FRAMING_BYTES:
            self._refuse(HTTPStatus.BAD_REQUEST, TOO_MUCH_FRAMING)

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        self._end_head()
        if self._is_answering and self.cycle.response_started:
            self.transport.close()
            return
        self._abandon_request()
        self.transport.write(_refusal(status, sentence))
        self.transport.linger()

    def _abandon_request(self) -> None:
        """What is being answered, if anything, must write nothing after the refusal."""
        if self._is_answering:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def _forget_request(self) -> None:
        """An idle connection keeps nothing of the last request."""
        self.cycle = self.scope = self.headers = None  # type: ignore[assignment]

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

    def _is_sending(self) -> bool:
        return not self._is_between or bool(self._received) or bool(self.pipeline)

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def _is_waiting(self) -> bool:
        """Whether a whole request was read that is not answered yet."""
        return self._is_between and self._is_answering

    @property
    def _is_full(self) -> bool:
        """Whether so much of a body is there that reading waits for the application."""
        return self._is_answering and len(self.cycle.body) > HIGH_WATER_LIMIT


def _refusal(status: HTTPStatus, sentence: str) -> bytes:
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(sentence)),
        "Connection": "close",
        HEADER: chosen_id(None),
        **DEFAULTS,
    }
    lines = [f"HTTP/1.1 {status} {status.phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", sentence]).encode("ascii")
