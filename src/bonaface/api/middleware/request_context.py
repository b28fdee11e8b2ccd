"""The outermost: makes the context of every request, and a name for it.

The name is the caller's own if it is a sane one, else a new one; it is logged and sent back in X-Request-Id.
"""

import random
import re

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bonaface.api.context import KEY, RequestContext

HEADER = "X-Request-Id"
RAW_HEADER = HEADER.lower().encode()
SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")


class MakeContext:
    """Puts a new `RequestContext` into the scope of each request and binds `request_id` to its logs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        context = scope[KEY] = RequestContext(chosen_id(Headers(scope=scope).get(HEADER)))
        with structlog.contextvars.bound_contextvars(request_id=context.id):
            await self._app(scope, receive, _Responder(send, context.id))


class _Responder:
    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            pair = (RAW_HEADER, self._request_id.encode())
            message["headers"] = [*message.get("headers", []), pair]
        await self._send(message)


def chosen_id(given: str | None) -> str:
    """`given` if it is 1 to 64 letters, digits, dots, dashes and underscores; else 32 random hex digits."""
    if given is not None and SANE.fullmatch(given):
        return given
    return f"{random.getrandbits(128):032x}"
