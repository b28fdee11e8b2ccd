"""How long a connection stands idle, told in each answer that keeps it.

A client that knows sends nothing on a connection that is about to be closed, and loses no request to that.
`Keep-Alive: timeout=75` is what clients look for (RFC 2068, section 19.7.1).
"""

from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle


class KeepAlive:
    """`app` for one request; its answer tells of `seconds` unless the connection ends with it."""

    __slots__ = ("_app", "_cycle", "_seconds", "_send")

    def __init__(self, app: ASGIApp, cycle: "RequestResponseCycle", seconds: float) -> None:
        self._app = app
        self._cycle = cycle
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._send = send
        await self._app(scope, receive, self._tell)

    async def _tell(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._cycle.keep_alive:
            headers = list(message.get("headers", ()))
            if not any(name.lower() == b"connection" for name, _ in headers):
                headers.append((b"keep-alive", b"timeout=%d" % self._seconds))
                message["headers"] = headers
        await self._send(message)
