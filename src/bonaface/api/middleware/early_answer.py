"""Answers that are sent before the request's body was read, as a refusal of the credentials is.

The connection cannot carry another request then: what comes next on it is the rest of this body. So it is
closed, but not at once: closing a socket while the client still sends makes the kernel reset it, and the
client loses the answer. The rest of the body is thrown away for a moment first ("lingering close", as in
RFC 9112, section 9.6).
"""

import asyncio

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LINGER_SECONDS = 2.0
LINGER_BYTES = 32 * 1024 * 1024


class EarlyAnswer:
    """Says `Connection: close` on an early answer, and lingers before the server closes."""

    def __init__(self, app: ASGIApp, seconds: float = LINGER_SECONDS, max_bytes: int = LINGER_BYTES) -> None:
        self._app = app
        self._seconds = seconds
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not has_body(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        responder = _Responder(receive, send, self._seconds, self._max_bytes)
        await self._app(scope, responder.receive, responder.send)


class _Responder:
    def __init__(self, receive: Receive, send: Send, seconds: float, max_bytes: int) -> None:
        self._receive = receive
        self._send = send
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
            self._is_early = not self._is_read
            if self._is_early:
                MutableHeaders(scope=message)["Connection"] = "close"
        if not self._is_early or message["type"] != "http.response.body" or message.get("more_body", False):
            await self._send(message)
            return
        await self._send({**message, "more_body": True})
        await self._linger()
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _linger(self) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                while not self._is_read and self._left > 0:
                    message = await self.receive()
                    self._left -= len(message.get("body", b""))
        except TimeoutError:
            return


def has_body(headers: Headers) -> bool:
    """Whether the request announces a body."""
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
