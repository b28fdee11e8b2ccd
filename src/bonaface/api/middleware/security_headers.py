"""Headers that keep browsers and caches from doing more with an answer than it is meant for."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

DEFAULTS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Sent with every answer that does not set the header itself."""
_RAW = tuple((name.lower().encode(), value.encode()) for name, value in DEFAULTS.items())


class SecurityHeaders:
    """Adds DEFAULTS to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, _Responder(send) if scope["type"] == "http" else send)


class _Responder:
    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            given = message.get("headers", [])
            names = {name for name, _ in given}
            message["headers"] = [*given, *(pair for pair in _RAW if pair[0] not in names)]
        await self._send(message)
