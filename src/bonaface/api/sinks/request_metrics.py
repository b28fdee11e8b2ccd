"""Counts every request: how many, how they ended, how long they and their stages took.

The labels are templates of routes, methods of the standard and codes of the contract, never what a stranger
sent: no traffic makes more series than there are of these.
"""

from collections.abc import Callable

from starlette.types import Scope

from bonaface.api.context import RequestSummary
from bonaface.observability.traffic import Traffic

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"})
OTHER = "other"
NO_CODE = ""


class RequestMetrics:
    """Adds every request to `traffic`."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic

    def begin(self, _scope: Scope) -> Callable[[RequestSummary], None]:
        """One more is in flight, until what is returned is called."""
        self._traffic.in_flight.inc()
        return self._end

    def _end(self, summary: RequestSummary) -> None:
        traffic = self._traffic
        traffic.in_flight.dec()
        method = summary.method if summary.method in METHODS else OTHER
        code = NO_CODE if summary.outcome is None else summary.outcome.metric
        traffic.requests.labels(summary.route, method, str(summary.status), code).inc()
        ended = "success" if summary.is_success else "failure"
        traffic.seconds.labels(summary.route, ended).observe(summary.seconds)
        if summary.refusal is not None:
            traffic.refusals.labels(summary.refusal).inc()
        for timing in summary.timings:
            traffic.stages[timing.stage].observe(timing.seconds)
