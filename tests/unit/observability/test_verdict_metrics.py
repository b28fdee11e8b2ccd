"""Metrics of faces."""

from prometheus_client import CollectorRegistry, generate_latest

from bonaface.observability.verdict_metrics import VerdictMetrics
from bonaface.types import Preset
from support.models.analyses import a_face
from support.observability.scrape import Scrape


def scraped(registry: CollectorRegistry) -> Scrape:
    return Scrape.of(generate_latest(registry).decode())


def test_faces_verdicts_and_scores() -> None:
    registry = CollectorRegistry()
    verdicts = VerdictMetrics(registry, "pad-7")
    verdicts.add(Preset.STRICT, [a_face(), a_face(spoofing=True), a_face()])
    verdicts.add(Preset.WEAK, [])
    found = scraped(registry)
    assert found.value("bonaface_verdicts_total", preset="strict", verdict="bona_fide") == 2
    assert found.value("bonaface_verdicts_total", preset="strict", verdict="attack") == 1
    assert found.value("bonaface_verdicts_total") == 3
    scores = {"preset": "strict", "model": "pad-7"}
    assert found.value("bonaface_liveness_score_count", **scores) == 3
    assert round(found.value("bonaface_liveness_score_sum", **scores), 6) == 1.9
    assert found.value("bonaface_liveness_score_bucket", **scores, le="0.15") == 1
    assert found.value("bonaface_faces_bucket", le="0.0") == 1
    assert found.value("bonaface_faces_bucket", le="3.0") == 2


def test_every_preset_is_there_before_the_first_image() -> None:
    registry = CollectorRegistry()
    VerdictMetrics(registry, "pad-7")
    assert len(scraped(registry).labels("bonaface_verdicts_total")) == 2 * len(Preset)
