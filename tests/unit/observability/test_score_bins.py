"""What drift is told by."""

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from bonaface.models.score_reference import ScoreReference
from bonaface.observability.score_bins import ATTACKS, ScoreBins, reference_of
from bonaface.settings import ModelSettings
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


@pytest.mark.parametrize("pad", ["minifasnet", "unknown"])
def test_a_model_without_one(pad: str) -> None:
    assert reference_of(ModelSettings(pad=pad)) is None


def test_a_calibration_of_ones_own_has_its_own(tmp_path: Path) -> None:
    path = tmp_path / "presets.toml"
    assert reference_of(ModelSettings(presets=path)) is None
    path.write_text(
        "clip = 8\nslope = 1\noffset = 0\n[thresholds]\nweak = 0.1\nbalanced = 0.5\nstrict = 0.9\n"
        f"[reference]\nedges = {list(REFERENCE.edges)}\nbona_fide = {list(REFERENCE.bona_fide)}\n"
        f"attack = {list(REFERENCE.attack)}\n"
    )
    assert reference_of(ModelSettings(presets=path)) == REFERENCE
