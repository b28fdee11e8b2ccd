import numpy as np
import pytest

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.metrics import ScoreSet
from bonaface.evaluation.platt import Platt, equal_weights, fit_platt
from support.models.scores import random_set, score_set


def test_the_sigmoid() -> None:
    given = Platt(2.0, -1.0)(np.array([0.5, 0.0, 500.0, -500.0]))
    np.testing.assert_allclose(given, [0.5, 1 / (1 + np.e), 1.0, 0.0])


@pytest.mark.parametrize("shift", [0.3, 1.0, 4.0])
def test_agrees_with_scikit_learn(shift: float) -> None:
    from sklearn.linear_model import LogisticRegression  # takes seconds of whoever collects this file

    sources = [random_set(1, shift=shift), random_set(2, live=300, attacks=10, shift=shift)]
    fitted = fit_platt(sources)
    values = np.concatenate([source.values for source in sources])
    flags = np.concatenate([source.bona_fide for source in sources])
    # The softened targets of Platt as two weighted rows an image: scikit-learn takes only whole labels.
    live, weights = np.where(flags, 361 / 362, 1 / 92), equal_weights(sources)
    model = LogisticRegression(C=1e10, tol=1e-10, max_iter=1000)
    rows = np.concatenate([values, values])[:, None]
    truth = np.repeat([True, False], len(values))
    model.fit(rows, truth, sample_weight=np.concatenate([weights * live, weights * (1 - live)]))

    assert fitted.slope == pytest.approx(model.coef_[0, 0], rel=1e-3)
    assert fitted.offset == pytest.approx(model.intercept_[0], rel=1e-3, abs=1e-3)


def test_recovers_true_log_odds() -> None:
    generator = np.random.default_rng(4)
    truth = generator.normal(0, 2, 20_000)
    bona_fide = generator.random(20_000) < 1 / (1 + np.exp(-truth))
    kinds = np.where(bona_fide, "", "print")
    fitted = fit_platt([ScoreSet((truth - 3) / 0.5, bona_fide, kinds)])

    assert fitted.slope == pytest.approx(0.5, abs=0.02)
    assert fitted.offset == pytest.approx(3.0, abs=0.1)


def test_classes_that_are_apart_give_a_finite_slope() -> None:
    fitted = fit_platt([score_set([5, 6, 7], print=[-5, -6])])

    assert 0 < fitted.slope < 2
    assert (fitted(np.array([5.0, -5.0])) > 0.5).tolist() == [True, False]


@pytest.mark.parametrize("scores", [score_set([1, 2]), score_set([], print=[1, 2])])
def test_a_missing_class(scores: ScoreSet) -> None:
    with pytest.raises(InvalidParameterError, match="one of them is missing"):
        fit_platt([scores])


@pytest.mark.parametrize("scores", [score_set([-3, -2], print=[2, 3]), score_set([1, 1], print=[1, 1])])
def test_scores_that_tell_nothing(scores: ScoreSet) -> None:
    with pytest.raises(InvalidParameterError, match="does not tell"):
        fit_platt([scores])


def test_sources_and_classes_weigh_the_same() -> None:
    large, small = score_set([1] * 90, print=[0] * 30), score_set([1] * 2, print=[0] * 4)
    weights = equal_weights([large, small])
    groups = [weights[:90], weights[90:120], weights[120:122], weights[122:]]

    np.testing.assert_allclose([group.sum() for group in groups], np.full(4, 126 / 4))
    assert equal_weights([score_set([1, 2])]).tolist() == [0.5, 0.5]
