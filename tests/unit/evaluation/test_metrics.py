import numpy as np
import pytest

from bonaface.evaluation.metrics import (
    Curve,
    ScoreSet,
    apcer_at_bpcer,
    area,
    bpcer_at_apcer,
    equal_error,
    mean_curve,
    operating,
    pooled_curve,
    worst_curve,
)
from support.models.scores import random_set, score_set

# Ten bona fide presentations, five prints and four replays, worked by hand on paper: at 0.5 two bona fide
# ones are refused (0.3, 0.4), one print of five is accepted (0.6) and two replays of four (0.5, 0.7).
HAND = score_set(
    [0.3, 0.4, 0.55, 0.6, 0.7, 0.8, 0.8, 0.9, 0.95, 0.99],
    print=[0.1, 0.1, 0.2, 0.45, 0.6],
    replay=[0.05, 0.35, 0.5, 0.7],
)


def test_the_hand_worked_example_at_a_threshold() -> None:
    at = operating(HAND, 0.5)

    assert at.by_kind == {"print": 0.2, "replay": 0.5}
    assert (at.apcer, at.bpcer, at.acer) == (0.5, 0.2, 0.35)


def test_the_hand_worked_example_over_all_thresholds() -> None:
    # Pooled: at 0.55 BPCER is 2/10 and APCER 2/9; at 0.6 3/10 and 2/9. The line between the two crosses
    # APCER = BPCER at 2/9. AUC: of the 90 pairs bona fide wins 77, with two ties (0.6, 0.7).
    assert equal_error(pooled_curve(HAND))[0] == pytest.approx(2 / 9)
    assert area(HAND) == pytest.approx(_pairs_won(HAND) / 90)
    # The worst kind falls to 1/4 at 0.55 (replay 0.7; print 1/5), to nothing above 0.7.
    worst = worst_curve(HAND)
    assert bpcer_at_apcer(worst, 0.25) == 0.2
    assert bpcer_at_apcer(worst, 0.10) == 0.5
    assert apcer_at_bpcer(worst, 0.1) == 0.5
    assert apcer_at_bpcer(pooled_curve(HAND), 0.1) == pytest.approx(4 / 9)


def _pairs_won(scores: ScoreSet) -> float:
    return sum(1.0 if a > b else 0.5 if a == b else 0.0 for a in scores.live for b in scores.attacks)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("shift", [0.0, 1.0, 5.0])
def test_agrees_with_scikit_learn(seed: int, shift: float) -> None:
    from sklearn.metrics import roc_auc_score, roc_curve  # takes seconds of whoever collects this file

    scores = random_set(seed, live=37 + seed, shift=shift)
    false, true, _ = roc_curve(scores.bona_fide, scores.values, drop_intermediate=False)

    assert area(scores) == pytest.approx(roc_auc_score(scores.bona_fide, scores.values))
    assert equal_error(pooled_curve(scores))[0] == pytest.approx(_crossing(false, 1 - true))
    for limit in (0.01, 0.05, 0.1):  # 1 - true is not exact: 1 - 0.95 is over 0.05
        assert bpcer_at_apcer(pooled_curve(scores), limit) == pytest.approx((1 - true)[false <= limit].min())
        assert apcer_at_bpcer(pooled_curve(scores), limit) == pytest.approx(
            false[1 - true <= limit + 1e-12].min()
        )


def _crossing(apcer: np.ndarray, bpcer: np.ndarray) -> float:
    """Where both are equal on the line through the operating points, by bisection along it."""
    low, high = 0.0, len(apcer) - 1.0
    places = np.arange(len(apcer))
    for _ in range(80):
        middle = (low + high) / 2
        if np.interp(middle, places, bpcer) > np.interp(middle, places, apcer):
            low = middle
        else:
            high = middle
    return float(np.interp(low, places, apcer))


def test_a_share_of_exactly_the_limit_is_within_it() -> None:
    scores = score_set([0.5, 0.9], replay=[0.6] + [0.1] * 19)
    assert bpcer_at_apcer(pooled_curve(scores), 0.05) == 0.0
    # 1 - 19/20 is a little more than 0.05 in floating point.
    assert pooled_curve(scores).apcer[1] == 0.05


def test_classes_that_do_not_overlap() -> None:
    scores = score_set([0.8, 0.9], print=[0.1, 0.2])
    rate, threshold = equal_error(pooled_curve(scores))

    assert (rate, area(scores)) == (0.0, 1.0)
    assert operating(scores, threshold).acer == 0.0


def test_scores_that_are_all_the_same() -> None:
    scores = score_set([0.5] * 3, print=[0.5] * 5)
    rate, threshold = equal_error(pooled_curve(scores))

    assert (rate, area(scores), threshold) == (0.5, 0.5, 0.5)


def test_attacks_above_all_bona_fide_ones() -> None:
    assert equal_error(pooled_curve(score_set([0.1, 0.2], print=[0.8, 0.9])))[0] == 1.0


@pytest.mark.parametrize("scores", [score_set([0.4, 0.6]), score_set([], print=[0.4, 0.6]), score_set([])])
def test_what_an_empty_class_leaves_open_is_nan(scores: ScoreSet) -> None:
    at = operating(scores, 0.5)

    assert not scores.complete
    assert np.isnan(equal_error(pooled_curve(scores))).all()
    assert np.isnan([area(scores), at.acer]).all()
    assert np.isnan(bpcer_at_apcer(worst_curve(scores), 0.05))
    assert np.isnan(apcer_at_bpcer(worst_curve(scores), 0.05))
    if len(scores.live):
        assert at.bpcer == 0.5
    if len(scores.attacks):
        assert (at.apcer, at.by_kind) == (0.5, {"print": 0.5})


def test_the_mean_curve_weighs_sources_and_not_images() -> None:
    large = score_set([0.9] * 90 + [0.1] * 10, print=[0.1] * 100)
    small = score_set([0.1, 0.1], print=[0.9], replay=[0.1])
    pooled, worst = (mean_curve([large, small], worst=worst) for worst in (False, True))
    place = int(np.searchsorted(pooled.thresholds, 0.9))

    assert pooled.bpcer[place] == worst.bpcer[place] == pytest.approx((0.1 + 1.0) / 2)
    assert pooled.apcer[place] == pytest.approx((0.0 + 0.5) / 2)
    assert worst.apcer[place] == pytest.approx((0.0 + 1.0) / 2)


def test_a_source_without_a_class_does_not_count_for_it() -> None:
    curve = mean_curve([score_set([0.2, 0.8]), score_set([0.9], print=[0.1, 0.7])], worst=False)
    at = {float(t): (a, b) for t, a, b in zip(curve.thresholds, curve.apcer, curve.bpcer, strict=True)}

    assert at[0.7] == (0.5, 0.25)
    assert np.isnan(mean_curve([score_set([0.5])], worst=True).apcer).all()
    assert np.isnan(mean_curve([score_set([], print=[0.5])], worst=True).bpcer).all()


def test_rates_move_one_way() -> None:
    for curve in (pooled_curve(random_set(3)), worst_curve(random_set(3))):
        assert isinstance(curve, Curve)
        assert (np.diff(curve.bpcer) >= 0).all()
        assert (np.diff(curve.apcer) <= 0).all()
        assert (curve.apcer[0], curve.apcer[-1], curve.bpcer[0], curve.bpcer[-1]) == (1.0, 0.0, 0.0, 1.0)
