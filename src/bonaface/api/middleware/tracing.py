"""One span a request, in the caller's trace if it names one, with a span for each stage.

Attributes by OpenTelemetry's semantic conventions for HTTP servers, without the URL: its path holds the
appKey of whoever asks.
"""

from typing import TYPE_CHECKING

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from bonaface.api.middleware.metrics import METHODS
from bonaface.api.middleware.observe import NO_ROUTE, RequestSummary, summary_of

if TYPE_CHECKING:
    from bonaface.observability.spans import Spans

TRACE_HEADERS = ("traceparent", "tracestate")
UNKNOWN_METHOD = "_OTHER"
UNKNOWN_NAME = "HTTP"


class Traced:
    """Makes the spans of every request by `tracing` and binds `trace_id` to its logs; inside `Observe`."""

    def __init__(self, app: ASGIApp, tracing: "Spans") -> None:
        self._app = app
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_known = scope["method"] in METHODS
        name = scope["method"] if is_known else UNKNOWN_NAME
        asked = {"http.request.method": scope["method"] if is_known else UNKNOWN_METHOD}
        span = self._tracing.begin(_carrier(Headers(scope=scope)), name, asked)
        try:
            with structlog.contextvars.bound_contextvars(trace_id=span.trace_id):
                await self._app(scope, receive, send)
        finally:
            summary = summary_of(scope)
            found = {"bonaface.request_id": scope["state"]["request_id"], **_attributes(summary)}
            span.end(_name(name, summary), found, summary.timings, summary.seconds, is_fault=summary.is_fault)


def _carrier(headers: Headers) -> dict[str, str]:
    """The caller's trace; none where it is named twice, as the recommendation wants."""
    if len(headers.getlist(TRACE_HEADERS[0])) != 1:
        return {}
    return {name: ",".join(headers.getlist(name)) for name in TRACE_HEADERS if name in headers}


def _name(method: str, summary: RequestSummary) -> str:
    return method if summary.route == NO_ROUTE else f"{method} {summary.route}"


def _attributes(summary: RequestSummary) -> dict[str, str | int]:
    found: dict[str, str | int] = {"http.response.status_code": summary.status}
    if summary.route != NO_ROUTE:
        found["http.route"] = summary.route
    if summary.result_code is not None:
        found["bonaface.result_code"] = summary.result_code
    if summary.app_key is not None:
        found["bonaface.app_key"] = summary.app_key
    if summary.is_fault:
        found["error.type"] = str(summary.status if summary.status >= 500 else summary.result_code)
    return found
