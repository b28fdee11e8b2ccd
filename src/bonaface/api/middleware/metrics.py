"""Counts every request: how many, how they ended, how long they and their stages took.

The labels are templates of routes, methods of the standard and codes of the contract, never what a stranger
sent: no traffic makes more series than there are of these.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from bonaface.api.middleware.watch import Told, told_of
from bonaface.observability.traffic import Traffic

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"})
OTHER = "other"
NO_CODE = ""


class Metering:
    """Adds every request to `traffic`; inside `Watch`."""

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
            self._count(told_of(scope))

    def _count(self, told: Told) -> None:
        traffic = self._traffic
        method = told.method if told.method in METHODS else OTHER
        code = NO_CODE if told.result_code is None else str(told.result_code)
        traffic.requests.labels(told.route, method, str(told.status), code).inc()
        traffic.seconds.labels(told.route, "success" if told.is_success else "failure").observe(told.seconds)
        if told.refusal is not None:
            traffic.refusals.labels(told.refusal).inc()
        for lap in told.laps:
            traffic.stages[lap.stage].observe(lap.seconds)
