"""A name for every request: the caller's own if it is a sane one, else a new one; sent back and logged."""

import random
import re

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-Id"
RAW_HEADER = HEADER.lower().encode()
SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestId:
    """Binds `request_id` to the logs and the state of a request and sends it back in X-Request-Id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = chosen_id(Headers(scope=scope).get(HEADER))
        scope.setdefault("state", {})["request_id"] = request_id
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._app(scope, receive, _Responder(send, request_id))


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
