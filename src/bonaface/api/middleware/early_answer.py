"""Answers that are sent before the request's body was read, as a refusal of the credentials is.

The connection cannot carry another request then: what comes next on it is the rest of this body. So it is
closed, but not at once: closing a socket while the client still sends makes the kernel reset it, and the
client loses the answer. The rest of the body is thrown away for a moment first ("lingering close", as in
RFC 9112, section 9.6).

Whoever is told to try again keeps the connection when the body is short: it has mostly arrived with its head,
or is about to, and is thrown away before the answer. In an overload, when most answers are early ones, a new
connection for each would cost the server more than these bodies do.
"""

import asyncio

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LINGER_SECONDS = 2.0
LINGER_BYTES = 32 * 1024 * 1024
TRY_AGAIN = frozenset({429, 503})
SHORT_BYTES = 256 * 1024
"""A body that is declared to be no longer may still arrive before the answer."""
SHORT_SECONDS = 0.005
"""How long the answer waits for that."""


class EarlyAnswer:
    """Says `Connection: close` on an early answer, and lingers before the server closes."""

    def __init__(self, app: ASGIApp, seconds: float = LINGER_SECONDS, max_bytes: int = LINGER_BYTES) -> None:
        self._app = app
        self._seconds = seconds
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not has_body(headers := Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        patience = SHORT_SECONDS if is_short(headers) else 0.0
        responder = _Responder(receive, send, patience, self._seconds, self._max_bytes)
        await self._app(scope, responder.receive, responder.send)


class _Responder:
    def __init__(self, receive: Receive, send: Send, patience: float, seconds: float, max_bytes: int) -> None:
        self._receive = receive
        self._send = send
        self._patience = patience
        self._seconds = seconds
        self._left = max_bytes
        self._is_read = False
        self._is_early = False

    async def receive(self) -> Message:
        message = await self._receive()
        if not message.get("more_body", False):  # the last of the body, or a disconnect
            self._is_read = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if message["status"] in TRY_AGAIN:
                await self._throw_away(self._patience)
            self._is_early = not self._is_read
            if self._is_early:
                MutableHeaders(scope=message)["Connection"] = "close"
        if not self._is_early or message["type"] != "http.response.body" or message.get("more_body", False):
            await self._send(message)
            return
        await self._send({**message, "more_body": True})
        await self._throw_away(self._seconds)
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _throw_away(self, seconds: float) -> None:
        """Read what comes within `seconds`, up to the end of the body or the limit."""
        if seconds == 0.0 or self._is_read:
            return
        try:
            async with asyncio.timeout(seconds):
                while not self._is_read and self._left > 0:
                    message = await self.receive()
                    self._left -= len(message.get("body", b""))
        except TimeoutError:
            return


def has_body(headers: Headers) -> bool:
    """Whether the request announces a body."""
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


def is_short(headers: Headers) -> bool:
    """Whether the request declares a short body, and sends it without asking whether it may."""
    length = headers.get("content-length", "")
    return length.isdecimal() and int(length) <= SHORT_BYTES and "expect" not in headers
