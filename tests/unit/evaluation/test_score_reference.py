"""How scores are spread, each source weighing the same."""

import numpy as np
import pytest

from bonaface.evaluation.metrics import ScoreSet
from bonaface.evaluation.score_reference import score_reference


def _source(live: list[float], attacks: list[float]) -> ScoreSet:
    flags = [True] * len(live) + [False] * len(attacks)
    return ScoreSet(np.array(live + attacks), np.array(flags), np.array([""] * len(flags)))


def test_a_tenth_of_either_half_is_in_each_bin() -> None:
    generator = np.random.default_rng(1)
    live, attacks = generator.beta(5, 1, 5000), generator.beta(1, 5, 5000)
    reference = score_reference([_source(live.tolist(), attacks.tolist())])
    assert reference.expected(0.5) == pytest.approx([0.1] * 10, abs=0.001)
    assert reference.bona_fide[-1] > 0.15 > reference.attack[-1]


def test_a_large_source_weighs_no_more_than_a_small_one() -> None:
    reference = score_reference([_source([0.9] * 1000, [0.1]), _source([0.5], [0.2])])
    top = reference.bin_of(0.9)
    assert reference.bona_fide[top] == 0.5
    assert reference.attack[top] == 0
