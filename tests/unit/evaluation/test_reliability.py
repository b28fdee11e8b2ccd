import numpy as np
import pytest

from bonaface.evaluation.reliability import ScoredLabels, bins, brier, expected_error


def _judged(
    probabilities: list[float], bona_fide: list[bool], weights: list[float] | None = None
) -> ScoredLabels:
    return ScoredLabels(
        np.array(probabilities, np.float64),
        np.array(bona_fide, np.bool_),
        np.array(weights or [1.0] * len(bona_fide), np.float64),
    )


def test_bins_by_hand() -> None:
    low, high = bins(_judged([0.02, 0.08, 0.95, 1.0], [False, True, True, True], [3, 1, 1, 1]))

    assert [low.count, low.weight, low.score, low.bona_fide] == pytest.approx([2, 4.0, 0.035, 0.25])
    assert [high.count, high.score, high.bona_fide] == pytest.approx([2, 0.975, 1.0])
    assert expected_error((low, high)) == pytest.approx((4 * 0.215 + 2 * 0.025) / 6)


def test_brier_by_hand() -> None:
    assert brier(_judged([0.2, 0.9], [True, True], [1, 3])) == pytest.approx((0.64 + 3 * 0.01) / 4)


def test_true_probabilities_have_next_to_no_error() -> None:
    generator = np.random.default_rng(1)
    truth = generator.random(50_000)
    happened = generator.random(50_000) < truth

    assert expected_error(bins(_judged(truth.tolist(), happened.tolist()))) < 0.01
    assert expected_error(bins(_judged((truth**3).tolist(), happened.tolist()))) > 0.2


def test_nothing_judged() -> None:
    assert bins(_judged([], [])) == ()
    assert np.isnan(expected_error(()))
    assert np.isnan(brier(_judged([], [])))
