"""One request and its answer, between the connection and the application.

Each answer that keeps the connection tells how long it may stand idle: a client that knows sends nothing on
one that is about to be closed, and loses no request to that. `Keep-Alive: timeout=75` is what clients look
for (RFC 2068, section 19.7.1).
"""

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bonaface.errors import InvalidParameterError

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle


class Exchange:
    """`app` for the request of `cycle`; `keep_alive` is the value of that header.

    Whoever reads the body of a request that was `spoil`ed meets InvalidParameterError; who waits for it then
    gets an empty piece first.
    """

    __slots__ = ("_app", "_cycle", "_fault", "_keep_alive", "_receive", "_send")

    def __init__(self, app: ASGIApp, cycle: "RequestResponseCycle", keep_alive: bytes) -> None:
        self._app = app
        self._cycle = cycle
        self._keep_alive = keep_alive
        self._fault = ""

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        self._receive = receive
        self._send = send
        return self._app(scope, self._hear, self._tell)

    def spoil(self, fault: str) -> None:
        """The rest of the body will not come, for the reason that `fault` tells in a sentence."""
        self._fault = fault
        self._cycle.keep_alive = False
        self._cycle.message_event.set()

    def _hear(self) -> Awaitable[Message]:
        return self._tell_fault() if self._fault else self._receive()

    async def _tell_fault(self) -> Message:
        raise InvalidParameterError(self._fault)

    def _tell(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start" and self._cycle.keep_alive:
            headers = [*message.get("headers", ())]
            for name, _ in headers:
                if name == b"connection":
                    break
            else:
                headers.append((b"keep-alive", self._keep_alive))
                message["headers"] = headers
        return self._send(message)
