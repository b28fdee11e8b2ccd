"""Metrics of requests."""

from prometheus_client import CollectorRegistry, generate_latest

from bonaface.observability.traffic import Traffic
from bonaface.timings import Stage
from support.observability.scrape import Scrape


def scraped(registry: CollectorRegistry) -> Scrape:
    return Scrape.of(generate_latest(registry).decode())


def test_refusals_and_stages_are_there_before_the_first_request() -> None:
    registry = CollectorRegistry()
    Traffic(registry, ["rate", "month"])
    found = scraped(registry)
    assert found.labels("bonaface_refusals_total") == {
        frozenset({("reason", "rate")}),
        frozenset({("reason", "month")}),
    }
    assert {dict(labels)["stage"] for labels in found.labels("bonaface_stage_seconds_count")} == set(Stage)
    assert found.value("bonaface_requests_in_flight") == 0


def test_what_is_added_is_told() -> None:
    registry = CollectorRegistry()
    traffic = Traffic(registry, [])
    traffic.requests.labels("/healthz", "GET", "200", "").inc()
    traffic.seconds.labels("/healthz", "success").observe(0.03)
    traffic.stages[Stage.PAD].observe(0.004)
    found = scraped(registry)
    assert found.value("bonaface_requests_total", route="/healthz", method="GET", status="200") == 1
    assert found.value("bonaface_request_seconds_bucket", route="/healthz", le="0.025") == 0
    assert found.value("bonaface_request_seconds_bucket", route="/healthz", le="0.05") == 1
    assert found.value("bonaface_stage_seconds_sum", stage="pad") == 0.004
