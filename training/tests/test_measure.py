"""Error rates against hand-worked examples and an independent implementation."""

import numpy as np
from sklearn.metrics import roc_auc_score
from training.measure import errors, rates

SCORES = np.array([0.9, 0.8, 0.4, 0.7, 0.3, 0.2])
BONA_FIDE = np.array([True, True, True, False, False, False])


def test_hand_worked_example() -> None:
    found = rates(SCORES, BONA_FIDE)
    assert found.auc == 8 / 9
    assert abs(found.eer - 1 / 3) < 1e-9


def test_errors_count_the_threshold_as_accepted() -> None:
    found = errors(SCORES, BONA_FIDE, 0.7)
    assert (found.attacks_accepted, found.bona_fide_refused) == (1, 1)
    assert abs(found.apcer - 1 / 3) < 1e-9
    assert abs(found.bpcer - 1 / 3) < 1e-9


def test_area_equals_scikit_learn_with_ties() -> None:
    rng = np.random.default_rng(0)
    scores, flags = rng.integers(0, 20, 500) / 20, rng.random(500) < 0.4
    assert abs(rates(scores, flags).auc - roc_auc_score(flags, scores)) < 1e-12
