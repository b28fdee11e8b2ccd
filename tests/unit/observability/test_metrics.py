"""The metrics of one server."""

from importlib.metadata import version

import pytest
from prometheus_client import REGISTRY, CollectorRegistry, Counter, generate_latest

from bonaface.observability.metrics import Commits, KeyCache, Metrics
from bonaface.settings import ModelSettings
from support.observability.scrape import Scrape


def scraped(registry: CollectorRegistry) -> Scrape:
    return Scrape.of(generate_latest(registry).decode())


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(ModelSettings(runtime="onnxruntime"), ["rate"])


def test_series_of_creation_times_are_left_out(metrics: Metrics) -> None:
    Counter("things", "Things.", registry=metrics.registry).inc()
    names = scraped(metrics.registry).names
    assert "things_total" in names
    assert not [name for name in names if name.endswith("_created")]


def test_lookups_in_the_cache() -> None:
    registry = CollectorRegistry()
    cache = KeyCache(registry)
    for is_hit in (True, True, False):
        cache.add(is_hit=is_hit)
    found = scraped(registry)
    assert found.value("bonaface_key_cache_lookups_total", result="hit") == 2
    assert found.value("bonaface_key_cache_lookups_total", result="miss") == 1


def test_commits() -> None:
    registry = CollectorRegistry()
    commits = Commits(registry)
    commits.committed(7, 0.002)
    commits.committed(1, 0.004)
    commits.failed()
    found = scraped(registry)
    assert found.value("bonaface_ledger_batch_replies_sum") == 8
    assert found.value("bonaface_ledger_commit_seconds_count") == 2
    assert found.value("bonaface_ledger_failures_total") == 1


def test_levels_are_what_the_parts_say_when_asked(metrics: Metrics) -> None:
    waiting = [3]
    metrics.levels.waiting.set_function(lambda: waiting[0])
    assert scraped(metrics.registry).value("bonaface_analyses_waiting") == 3
    waiting[0] = 4
    assert scraped(metrics.registry).value("bonaface_analyses_waiting") == 4


def test_process_build_and_models(metrics: Metrics) -> None:
    found = scraped(metrics.registry)
    assert found.value("bonaface_build_info", version=version("bonaface")) == 1
    assert found.value("process_open_fds") > 0
    assert found.value("process_resident_memory_bytes") > 1_000_000
    assert found.value("process_cpu_seconds_total") > 0
    assert found.value("bonaface_model_info", model="bonaface-pad") == 4


def test_nothing_is_shared(metrics: Metrics) -> None:
    metrics.key_cache.add(is_hit=True)
    other = Metrics(ModelSettings(runtime="onnxruntime"), [])
    assert scraped(other.registry).value("bonaface_key_cache_lookups_total") == 0
    assert not [each for each in REGISTRY.collect() if each.name.startswith("bonaface")]


def test_every_metric_has_a_help_text(metrics: Metrics) -> None:
    for metric in metrics.registry.collect():
        assert metric.documentation.endswith(".")
