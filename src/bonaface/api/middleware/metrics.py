"""Counts every request: how many, how they ended, how long they and their stages took.

The labels are templates of routes, methods of the standard and codes of the contract, never what a stranger
sent: no traffic makes more series than there are of these.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from bonaface.api.middleware.observe import RequestSummary, summary_of
from bonaface.observability.traffic import Traffic

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"})
OTHER = "other"
NO_CODE = ""


class Metering:
    """Adds every request to `traffic`; inside `Observe`."""

    def __init__(self, app: ASGIApp, traffic: Traffic) -> None:
        self._app = app
        self._traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._traffic.in_flight.inc()
        try:
            await self._app(scope, receive, send)
        finally:
            self._traffic.in_flight.dec()
            self._count(summary_of(scope))

    def _count(self, summary: RequestSummary) -> None:
        traffic = self._traffic
        method = summary.method if summary.method in METHODS else OTHER
        code = NO_CODE if summary.result_code is None else str(summary.result_code)
        traffic.requests.labels(summary.route, method, str(summary.status), code).inc()
        traffic.seconds.labels(summary.route, "success" if summary.is_success else "failure").observe(
            summary.seconds
        )
        if summary.refusal is not None:
            traffic.refusals.labels(summary.refusal).inc()
        for timing in summary.timings:
            traffic.stages[timing.stage].observe(timing.seconds)
