"""What drift is told by."""

from prometheus_client import CollectorRegistry, generate_latest

from bonaface.models.score_reference import ScoreReference
from bonaface.observability.score_bins import ATTACKS, ScoreBins
from support.observability.scrape import Scrape

REFERENCE = ScoreReference(
    edges=tuple(step / 10 for step in range(1, 10)),
    bona_fide=(*(0.0,) * 9, 1.0),
    attack=(1.0, *(0.0,) * 9),
)


def _scraped(registry: CollectorRegistry) -> Scrape:
    return Scrape.of(generate_latest(registry).decode())


def test_faces_are_counted_beside_what_is_expected() -> None:
    registry = CollectorRegistry()
    bins = ScoreBins(registry, "pad-7", REFERENCE)
    for score in (0.05, 0.95, 0.97):
        bins.add(score)
    found = _scraped(registry)
    counted = [found.value("bonaface_score_bin_faces_total", model="pad-7", bin=str(i)) for i in range(10)]
    assert counted == [1, *[0] * 8, 2]
    expected = "bonaface_score_bin_expected_share"
    assert found.value(expected, bin="9", attacks="0.2") == 0.8
    assert len(found.labels(expected)) == 10 * len(ATTACKS)


def test_without_a_reference_nothing_is_told() -> None:
    registry = CollectorRegistry()
    ScoreBins(registry, "pad-7", None).add(0.5)
    assert not _scraped(registry).labels("bonaface_score_bin_faces_total")


def test_another_calibration_is_held_against_from_then_on() -> None:
    registry = CollectorRegistry()
    bins = ScoreBins(registry, "pad-7", None)
    bins.hold_against(REFERENCE)
    bins.add(0.95)
    found = _scraped(registry)
    assert found.value("bonaface_score_bin_faces_total", model="pad-7", bin="9") == 1
    assert found.value("bonaface_score_bin_expected_share", bin="9", attacks="0.2") == 0.8
    bins.hold_against(None)
    bins.add(0.95)
    found = _scraped(registry)
    assert found.value("bonaface_score_bin_faces_total", model="pad-7", bin="9") == 1
    assert not found.labels("bonaface_score_bin_expected_share")
