"""The metrics of two processes as those of one."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.registry import Collector

from bonaface.observability.aggregation import Families, aggregated, counted
from support.observability.scrape import Scrape


class Told(Collector):
    """A collector of what was aggregated."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def scraped(families: Iterable[Metric]) -> Scrape:
    registry = CollectorRegistry()
    registry.register(Told(families))
    return Scrape.of(generate_latest(registry).decode())


def process(requests: dict[str, int], *, took: float, in_flight: int, is_ready: bool) -> Families:
    """What one process tells."""
    registry = CollectorRegistry()
    counter = Counter("bonaface_requests", "Requests.", ("route",), registry=registry)
    for route, number in requests.items():
        counter.labels(route).inc(number)
    Histogram("seconds", "Seconds.", buckets=(1.0, 2.0), registry=registry).observe(took)
    Gauge("bonaface_requests_in_flight", "Now.", registry=registry).set(in_flight)
    Gauge("bonaface_models_ready", "Now.", registry=registry).set(is_ready)
    Gauge("bonaface_database_away", "Now.", registry=registry).set(not is_ready)
    return list(registry.collect())


ONE = process({"/a": 1, "/b": 2}, took=0.5, in_flight=3, is_ready=True)
OTHER = process({"/b": 5, "/c": 7}, took=1.5, in_flight=4, is_ready=False)


def test_what_is_counted_is_summed_up_by_labels() -> None:
    found = scraped(aggregated([ONE, OTHER]))
    routes = {route: found.value("bonaface_requests_total", route=route) for route in ("/a", "/b", "/c")}
    assert routes == {"/a": 1, "/b": 7, "/c": 7}
    assert [found.value("seconds_bucket", le=le) for le in ("1.0", "2.0", "+Inf")] == [1, 2, 2]
    assert (found.value("seconds_count"), found.value("seconds_sum")) == (2, 2.0)


def test_levels_are_summed_up_where_that_makes_sense() -> None:
    found = scraped(aggregated([ONE, OTHER]))
    assert found.value("bonaface_requests_in_flight") == 7
    assert found.value("bonaface_models_ready") == 0
    assert found.value("bonaface_database_away") == 1


def test_of_a_process_that_has_ended_what_it_counted_stays() -> None:
    found = scraped(aggregated([counted([ONE]), OTHER]))
    assert found.value("bonaface_requests_total", route="/b") == 7
    assert found.value("seconds_count") == 2
    assert found.value("bonaface_requests_in_flight") == 4


def test_nothing_changes_of_one() -> None:
    assert scraped(aggregated([ONE])).samples == scraped(ONE).samples
