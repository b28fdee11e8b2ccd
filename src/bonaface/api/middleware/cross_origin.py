"""Pages of other origins: those that the settings name may call /v2/liveness, and with a capture token alone.

What a browser needs for that is the Fetch standard's CORS protocol. A preflight allows no `X-App-Key`,
without which no secret is any good, and no answer to a request without a token is shown to the page. No
cookie is ever asked for, so none is allowed either.
"""

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bonaface.accounts.capture_tokens import is_capture_token
from bonaface.api.request_keys import keys_by_headers

ALLOWED = "authorization, content-type"
EXPOSED = "Retry-After, X-Request-Id"
SECONDS = "600"
"""How long a browser may remember what it was allowed."""


class CrossOrigin:
    """Tells browsers that pages of `origins` may read the answers of `path`."""

    def __init__(self, app: ASGIApp, origins: Collection[str], path: str) -> None:
        self._app = app
        self._origins = frozenset(origins)
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self._path:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = allowed_origin(headers, self._origins)
        if origin is not None and is_preflight(scope, headers):
            await preflight(origin)(scope, receive, send)
            return
        may_read = origin is not None and shows_token(headers)
        await self._app(scope, receive, _Responder(send, origin if may_read else None))


class _Responder:
    """Adds the headers; that the answer depends on the origin is for caches."""

    def __init__(self, send: Send, origin: str | None) -> None:
        self._send = send
        self._origin = origin

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.add_vary_header("Origin")
            if self._origin is not None:
                headers["Access-Control-Allow-Origin"] = self._origin
                headers["Access-Control-Expose-Headers"] = EXPOSED
        await self._send(message)


def allowed_origin(headers: Headers, origins: Collection[str]) -> str | None:
    """The request's origin, where it has one and that is one of `origins`, letter by letter."""
    given = headers.getlist("origin")
    return given[0] if len(given) == 1 and given[0] in origins else None


def is_preflight(scope: Scope, headers: Headers) -> bool:
    """Whether a browser asks if it may send a request, before it does."""
    return scope["method"] == "OPTIONS" and "access-control-request-method" in headers


def shows_token(headers: Headers) -> bool:
    """Whether `Authorization` holds what has the form of a capture token."""
    return is_capture_token(keys_by_headers(headers, {}).secret)


def preflight(origin: str) -> Response:
    """The answer that allows a POST with a token."""
    allowed = {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": ALLOWED,
        "Access-Control-Max-Age": SECONDS,
        "Vary": "Origin",
    }
    return Response(status_code=204, headers=allowed)
