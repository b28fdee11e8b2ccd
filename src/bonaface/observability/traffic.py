"""Metrics of requests: how many, how they ended, how long they and their stages took, what was refused."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bonaface.timings import Stage

REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0)
STAGE_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Traffic:
    """Requests and their stages. `refusals` has a series for each of `reasons` from the start."""

    def __init__(self, registry: CollectorRegistry, reasons: Iterable[str]) -> None:
        self.requests = Counter(
            "bonaface_requests",
            "Requests that have ended. status 499: the client left before its answer.",
            ("route", "method", "status", "result"),
            registry=registry,
        )
        self.seconds = Histogram(
            "bonaface_request_seconds",
            "Seconds from a request's head to its answer.",
            ("route", "outcome"),
            buckets=REQUEST_SECONDS,
            registry=registry,
        )
        self.in_flight = Gauge(
            "bonaface_requests_in_flight", "Requests that have begun and not ended.", registry=registry
        )
        self.refusals = Counter(
            "bonaface_refusals", "Requests that were refused, by reason.", ("reason",), registry=registry
        )
        stages = Histogram(
            "bonaface_stage_seconds",
            "Seconds that a stage of a request took.",
            ("stage",),
            buckets=STAGE_SECONDS,
            registry=registry,
        )
        self.stages = {stage: stages.labels(stage.value) for stage in Stage}
        for reason in reasons:
            self.refusals.labels(reason)
