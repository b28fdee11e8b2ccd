"""Answers that are sent before the request's body was read, as a refusal of the credentials is.

The connection cannot carry another request then: what comes next on it is the rest of this body. So the
answer says that it ends, and `bonaface.server.lingering_close` ends it.

Whoever is told to try again keeps the connection when the body is short: it has mostly arrived with its head,
or is about to, and is thrown away before the answer. In an overload, when most answers are early ones, a new
connection for each would cost the server more than these bodies do.
"""

import asyncio

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bonaface.errors import InvalidParameterError

TRY_AGAIN = frozenset({429, 503})
SHORT_BYTES = 256 * 1024
"""A body that is declared to be no longer may still arrive before the answer."""
SHORT_SECONDS = 0.005
"""How long the answer waits for that."""


class EarlyAnswer:
    """Says `Connection: close` on an early answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not has_body(headers := Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        responder = _Responder(receive, send, is_short(headers))
        await self._app(scope, responder.receive, responder.send)


class _Responder:
    def __init__(self, receive: Receive, send: Send, is_short: bool) -> None:
        self._receive = receive
        self._send = send
        self._is_short = is_short
        self._is_read = False

    async def receive(self) -> Message:
        message = await self._receive()
        if not message.get("more_body", False):  # the last of the body, or a disconnect
            self._is_read = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self._is_read:
            if self._is_short and message["status"] in TRY_AGAIN:
                await self._throw_away()
            if not self._is_read:
                MutableHeaders(scope=message)["Connection"] = "close"
        await self._send(message)

    async def _throw_away(self) -> None:
        """Read what comes within a moment, up to the end of the body."""
        try:
            async with asyncio.timeout(SHORT_SECONDS):
                while not self._is_read:
                    await self.receive()
        except (TimeoutError, InvalidParameterError):  # or its framing is too much
            return


def has_body(headers: Headers) -> bool:
    """Whether the request announces a body."""
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


def is_short(headers: Headers) -> bool:
    """Whether the request declares a short body, and sends it without asking whether it may."""
    length = headers.get("content-length", "")
    return length.isdecimal() and int(length) <= SHORT_BYTES and "expect" not in headers
