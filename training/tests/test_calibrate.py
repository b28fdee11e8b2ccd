"""Fusion, Platt scaling and presets do what the catalog promises."""

from pathlib import Path

import numpy as np
from training.calibrate import CLIP, equal_weights, fit_platt, fit_thresholds, fuse
from training.data import Sample


def samples(source: str, bona_fide: bool, count: int) -> list[Sample]:
    kind = "" if bona_fide else "print"
    return [
        Sample(Path(), f"{source}{n}", "measure", source, bona_fide, kind, "", True) for n in range(count)
    ]


def test_fusion_clips_each_network_before_the_mean() -> None:
    fused = fuse([np.array([100.0], np.float32), np.array([-2.0], np.float32)], [1, 1])
    assert fused.tolist() == [(CLIP - 2) / 2]


def test_every_class_of_every_source_weighs_the_same() -> None:
    rows = [
        *samples("a", True, 90),
        *samples("a", False, 10),
        *samples("b", True, 5),
        *samples("b", False, 50),
    ]
    weights = equal_weights(rows)
    sums = [weights[:90].sum(), weights[90:100].sum(), weights[100:105].sum(), weights[105:].sum()]
    np.testing.assert_allclose(sums, sums[0])


def test_platt_finds_the_odds_that_made_the_labels() -> None:
    rng = np.random.default_rng(0)
    live, attack = rng.normal(2, 1, 4000), rng.normal(0, 1, 4000)
    rows = [*samples("a", True, 4000), *samples("a", False, 4000)]
    platt = fit_platt(np.concatenate([live, attack]), rows)
    assert abs(platt.slope - 2) < 0.15
    assert abs(platt.offset + 2) < 0.2


def test_presets_meet_their_definitions() -> None:
    rng = np.random.default_rng(1)
    scores = np.concatenate([rng.beta(4, 1.5, 2000), rng.beta(1.5, 4, 2000)])
    rows = [*samples("a", True, 2000), *samples("a", False, 2000)]
    found = fit_thresholds(scores, rows)
    assert found.weak <= found.balanced <= found.strict
    assert 0.005 < (scores[:2000] < found.weak).mean() <= 0.01
    assert 0.005 < (scores[2000:] >= found.strict).mean() <= 0.01
    half = [(scores[:2000] < t).mean() + (scores[2000:] >= t).mean() for t in np.linspace(0, 1, 101)]
    best = (scores[:2000] < found.balanced).mean() + (scores[2000:] >= found.balanced).mean()
    assert best <= min(half) + 1e-9
