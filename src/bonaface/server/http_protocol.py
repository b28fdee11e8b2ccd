"""uvicorn's fast HTTP parser with what it lacks: limits on what a connection may send, have parsed and have
waiting, and on the time of a request's head and of reading an answer; and requests that offer an upgrade.

Without them anyone could keep a connection open for ever, fill the memory, or keep the event loop busy,
before a key is checked. What does not parse never becomes a request (`bonaface.server.refusal`).
"""

import asyncio
import sys
from http import HTTPStatus
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from bonaface.api.outcome import Outcome
from bonaface.server.connections import Connections
from bonaface.server.exchange import Exchange
from bonaface.server.flow import Flow
from bonaface.server.framing import ExcessError, Framing
from bonaface.server.lingering_close import LingeringTransport
from bonaface.server.received import Received
from bonaface.server.refusal import FULL, NO_HTTP, NO_TUNNEL, TOO_LONG, refusal
from bonaface.server.timer import Timer

HEAD_SECONDS = 15.0
READ_SECONDS = 60.0
TURN_PIECES = 8
TURN_CHUNKS = 256
"""Pieces, and chunks of a body, parsed in one go, before others have their turn on the loop."""

TOO_MUCH_FRAMING = "The body has too many chunk sizes, extensions and trailers; send larger chunks."


class BoundedHttpProtocol(HttpToolsProtocol):
    """Closes a connection whose next request's head is over 64 KiB or 256 header lines or takes over 15
    seconds, or whose client leaves something unread, beyond what the kernel keeps for it, for 60 seconds.

    One request is parsed at a time. What comes behind it waits for its answer as it came, 256 KiB at most (a
    read of the event loop), and reading pauses. The 64 KiB and 256 lines hold for chunk extensions and
    trailers too, between two pieces of a body; all of a body's framing is 1 MiB at most: who reads the body
    meets InvalidParameterError beyond that. Trailers are dropped.

    Where all `places` for connections are taken, the one that is idle for the longest is closed for a new
    one; where none is idle, the new one is refused with 503.

    An offer to upgrade is ignored (RFC 9110, section 7.8). CONNECT is refused: what follows it is no HTTP.
    """

    head_seconds = HEAD_SECONDS
    read_seconds = READ_SECONDS

    transport: LingeringTransport
    flow: Flow
    _received: Received
    _framing: Framing
    _head_timer: Timer
    _read_timer: Timer

    places = Connections(sys.maxsize)

    _exchange: Exchange | None = None
    _chunks = 0
    _is_in_head = False
    _is_between = True
    _is_spoiled = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(LingeringTransport(transport, self.loop, self._is_sending))
        self.flow = Flow(self.transport)
        self._received, self._framing = Received(), Framing()
        self._head_timer, self._read_timer = Timer(self.loop), Timer(self.loop)
        self._keep_alive = b"timeout=%d" % self.timeout_keep_alive
        self.transport.set_write_buffer_limits(high=0)  # paused is: something was not taken
        if self.places.has_place(len(self.connections)):
            self._begin_head()
        else:
            self.transport.write(refusal(HTTPStatus.SERVICE_UNAVAILABLE, Outcome.OVERLOAD, FULL))
            self.give_way()

    def give_way(self) -> None:
        """Close, for a connection that finds no place otherwise."""
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.places.remove_idle(self)
        self._head_timer.cancel()
        self._read_timer.cancel()
        self._received.clear()
        self.transport.end()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._read_timer.start(self.read_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._read_timer.cancel()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_lingering or self._is_spoiled:
            self.transport.drop(data)
            return
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
            self.places.remove_idle(self)
        self._received.add(data)
        self._read_on()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_between = False
        self._is_in_head = True
        self._head_timer.cancel()  # of what came before; this one's begins where it is not read in one go

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value.strip(b" \t"))  # the parser leaves what is behind it (RFC 9110, 5.5)

    def on_headers_complete(self) -> None:
        self._framing.end_head(self._lines)
        self._is_in_head = False
        self._head_timer.cancel()
        if self.parser.should_upgrade():
            return
        super().on_headers_complete()
        for name, value in self.headers:
            if name == b"content-length":
                self._received.body_left = int(value)
        self.headers = []  # takes the trailers

    def on_body(self, body: bytes) -> None:
        self._framing.add_body(len(body))
        self._chunks += 1
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        self._framing.end_message(self._lines)
        self._is_between = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._received:
            self.loop.call_soon(self._read_later)
        elif self._is_between:
            self._forget_request()
            self.places.add_idle(self)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401 - uvicorn's own type
        exchange: Any = Exchange(app, cycle, self._keep_alive)
        self._exchange = exchange
        super()._start_asgi_task(cycle, exchange)

    def _read_on(self) -> None:
        """Parse some of what was received; the rest waits for its turn on the loop, or for an answer."""
        turns = TURN_PIECES
        self._chunks = 0
        while turns and self._received and self._chunks < TURN_CHUNKS and not self._is_waiting:
            self._parse(self._received.next_piece())
            turns -= 1
        if self._received and self._is_waiting:
            self._received.drop_empty_lines()  # so the connection is read on, and its end is seen
        if self._received:
            self.flow.hold()
            if not self._is_waiting:
                self.loop.call_soon(self._read_later)
        elif self.flow.read_paused and not self._is_spoiled:
            self.flow.release()
            if not self._is_full:
                self.flow.resume_reading()

    def _read_later(self) -> None:
        if self.transport.is_closing():
            self._received.clear()
            return
        self._unset_keepalive_if_required()
        self._read_on()

    def _parse(self, piece: bytes | memoryview) -> None:
        self._framing.begin_piece(len(piece))
        try:
            self.parser.feed_data(piece)
            self._framing.end_piece(self._lines)
        except HttpParserUpgrade as offer:
            self._ignore(offer, piece)
        except (HttpParserError, ExcessError):
            self._fail()
        else:
            if (self._is_in_head or self._framing.is_begun) and not self._head_timer.is_running:
                self._begin_head()

    def _ignore(self, offer: HttpParserUpgrade, piece: bytes | memoryview) -> None:
        """Read the head again without the offer: the parser skips the body of a request that has one."""
        if self.parser.get_method() == b"CONNECT":
            self._refuse(HTTPStatus.NOT_IMPLEMENTED, NO_TUNNEL)
            return
        self._received.put_back(bytes(piece[offer.args[0] :]))
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

    def _fail(self) -> None:
        """End the connection for what could not be parsed, or was too much."""
        if not self._framing.has_excess:
            self._refuse(HTTPStatus.BAD_REQUEST, NO_HTTP)
        elif self._is_in_head or self._is_between:
            self._refuse(HTTPStatus.BAD_REQUEST, TOO_LONG)
        else:
            self._spoil(TOO_MUCH_FRAMING)

    def _spoil(self, sentence: str) -> None:
        """The route answers: it meets the fault when it reads the body. Nothing more is parsed."""
        self._received.clear()
        self._is_spoiled = True
        self.flow.hold()
        if self._exchange is None or not self._is_answering or self.cycle.response_started:
            self.transport.close()
        else:
            self._exchange.spoil(sentence)

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        self._head_timer.cancel()
        self._received.clear()
        if self._is_answering and self.cycle.response_started:
            self.transport.close()
            return
        self._abandon_request()
        self.transport.write(refusal(status, Outcome.INVALID, sentence))
        self.transport.linger()

    def _abandon_request(self) -> None:
        """What is being answered, if anything, must write nothing after the refusal."""
        if self._is_answering:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def _forget_request(self) -> None:
        """An idle connection keeps nothing of the last request."""
        self.cycle = self.scope = self.headers = self._exchange = None  # type: ignore[assignment]

    def _begin_head(self) -> None:
        self._head_timer.start(self.head_seconds, self.transport.close)

    def _is_sending(self) -> bool:
        return not self._is_between or bool(self._received)

    @property
    def _lines(self) -> int:
        """Of the head, or of the trailers, that is being read."""
        return len(self.headers or ())

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def _is_waiting(self) -> bool:
        """Whether a whole request was read that is not answered yet."""
        return self._is_between and self.cycle is not None and not self.cycle.response_complete

    @property
    def _is_full(self) -> bool:
        """Whether so much of a body is there that reading waits for the application."""
        return self._is_answering and len(self.cycle.body) > HIGH_WATER_LIMIT


def with_places(most: int) -> type[BoundedHttpProtocol]:
    """The protocol of a server that takes so many connections at once."""

    class PlacedProtocol(BoundedHttpProtocol):
        places = Connections(most)

    return PlacedProtocol
