"""One span a request, in the caller's trace if it names one, with a span for each stage.

Attributes by OpenTelemetry's semantic conventions for HTTP servers, without the URL: its path holds the
appKey of whoever asks.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from starlette.datastructures import Headers
from starlette.types import Scope

from bonaface.api.context import NO_ROUTE, RequestSummary
from bonaface.api.sinks.request_metrics import METHODS

if TYPE_CHECKING:
    from bonaface.observability.spans import Spans

TRACE_HEADERS = ("traceparent", "tracestate")
UNKNOWN_METHOD = "_OTHER"
UNKNOWN_NAME = "HTTP"


class RequestTracing:
    """Makes the spans of every request by `spans` and binds `trace_id` to its logs."""

    def __init__(self, spans: "Spans") -> None:
        self._spans = spans

    def begin(self, scope: Scope) -> Callable[[RequestSummary], None]:
        """The span of the request begins; it ends when what is returned is called, in the same task."""
        is_known = scope["method"] in METHODS
        name = scope["method"] if is_known else UNKNOWN_NAME
        asked = {"http.request.method": scope["method"] if is_known else UNKNOWN_METHOD}
        span = self._spans.begin(_carrier(Headers(scope=scope)), name, asked)
        bound = structlog.contextvars.bind_contextvars(trace_id=span.trace_id)

        def end(summary: RequestSummary) -> None:
            structlog.contextvars.reset_contextvars(**bound)
            span.end(
                _name(name, summary),
                _attributes(summary),
                summary.timings,
                summary.seconds,
                is_fault=summary.is_fault,
            )

        return end


def _carrier(headers: Headers) -> dict[str, str]:
    """The caller's trace; none where it is named twice, as the recommendation wants."""
    if len(headers.getlist(TRACE_HEADERS[0])) != 1:
        return {}
    return {name: ",".join(headers.getlist(name)) for name in TRACE_HEADERS if name in headers}


def _name(method: str, summary: RequestSummary) -> str:
    return method if summary.route == NO_ROUTE else f"{method} {summary.route}"


def _attributes(summary: RequestSummary) -> dict[str, str | int]:
    found: dict[str, str | int] = {
        "bonaface.request_id": summary.request_id,
        "http.response.status_code": summary.status,
    }
    if summary.route != NO_ROUTE:
        found["http.route"] = summary.route
    if summary.outcome is not None:
        found["bonaface.result_code"] = summary.outcome.code
    if summary.app_key is not None:
        found["bonaface.app_key"] = summary.app_key
    if summary.is_fault:
        found["error.type"] = _error_type(summary)
    return found


def _error_type(summary: RequestSummary) -> str:
    """The HTTP status if it is one of the server's faults, else the result code."""
    if summary.status >= 500 or summary.outcome is None:
        return str(summary.status)
    return summary.outcome.metric
