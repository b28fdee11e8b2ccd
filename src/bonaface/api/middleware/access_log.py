"""One log line a request: what was asked for, how it ended, how long each stage took.

The route's template is logged, never the path, which holds the appKey of whoever asks; an appKey is logged
once it was found right.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bonaface.api.envelope import CODE_HEADER

GONE = 499
"""Logged as the status of a request whose client went away before its answer (nginx's number)."""
NO_ROUTE = "(none)"

log = structlog.get_logger(__name__)


class Stages:
    """Milliseconds that the stages of one request took."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Time the block as stage `name`."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.milliseconds[name] = _milliseconds_since(begun)


class AccessLog:
    """Logs `request` at the end of each one, and keeps `stages` in its state."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        stages = Stages()
        scope.setdefault("state", {})["stages"] = stages
        responder = _Responder(send)
        try:
            await self._app(scope, receive, responder)
        finally:
            log.info("request", **responder.summary(), **_asked(scope), stages=stages.milliseconds)


class _Responder:
    def __init__(self, send: Send) -> None:
        self._send = send
        self._begun = time.perf_counter()
        self._status = GONE
        self._result_code: str | None = None
        self._duration: float | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._result_code = Headers(raw=message["headers"]).get(CODE_HEADER)
        await self._send(message)
        if self._duration is None and message["type"] == "http.response.body":
            self._duration = _milliseconds_since(self._begun)

    def summary(self) -> dict[str, Any]:
        duration = _milliseconds_since(self._begun) if self._duration is None else self._duration
        found = {"status": self._status, "duration_ms": duration}
        return found if self._result_code is None else {**found, "result_code": int(self._result_code)}


def _asked(scope: Scope) -> dict[str, Any]:
    route = getattr(scope.get("route"), "path", NO_ROUTE)
    asked = {"method": scope["method"], "route": route}
    app_key = scope["state"].get("app_key")
    return asked if app_key is None else {**asked, "app_key": app_key}


def _milliseconds_since(begun: float) -> float:
    return round((time.perf_counter() - begun) * 1000, 2)
