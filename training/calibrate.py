"""From fused log-odds to a liveness score and the thresholds of the three presets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from training.data import Sample, labels
from training.measure import Floats, groups

CLIP = 8.0
"""Log-odds beyond this are cut before the mean, so that no network outvotes the other by being sure."""


@dataclass(frozen=True, slots=True)
class Platt:
    """liveness score = sigmoid(slope x fused log-odds + offset)."""

    slope: float
    offset: float

    def score(self, log_odds: Floats) -> Floats:
        """0..1, high = bona fide."""
        return 1 / (1 + np.exp(-(self.slope * log_odds + self.offset)))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least liveness score of a bona fide verdict, by preset."""

    weak: float
    balanced: float
    strict: float


def fuse(columns: Sequence[NDArray[np.float32]], weights: Sequence[float]) -> Floats:
    """Weighted mean of the clipped log-odds of the networks."""
    total = sum(
        np.clip(column.astype(np.float64), -CLIP, CLIP) * w
        for column, w in zip(columns, weights, strict=True)
    )
    return np.asarray(total / sum(weights), dtype=np.float64)


def fit_platt(log_odds: Floats, samples: Sequence[Sample]) -> Platt:
    """Logistic regression in which every source weighs the same, and each class half of it."""
    model = LogisticRegression(C=1e4)
    model.fit(log_odds[:, None], labels(samples), sample_weight=equal_weights(samples))
    if model.coef_[0, 0] <= 0:
        raise ValueError("the scores do not tell bona fide from attack; nothing to calibrate")
    return Platt(float(model.coef_[0, 0]), float(model.intercept_[0]))


def fit_thresholds(scores: Floats, samples: Sequence[Sample]) -> Thresholds:
    """weak: BPCER 1 %, balanced: least ACER, strict: APCER 1 %; rates are means over sources."""
    bona_fide, weights = labels(samples), equal_weights(samples)
    candidates = np.unique(scores)
    candidates = np.concatenate([candidates[:1] - 1e-6, (candidates[1:] + candidates[:-1]) / 2])
    bpcer = _share_below(scores[bona_fide], weights[bona_fide], candidates)
    apcer = 1 - _share_below(scores[~bona_fide], weights[~bona_fide], candidates)
    weak = candidates[np.nonzero(bpcer <= 0.01)[0][-1]]
    strict = candidates[np.nonzero(apcer <= 0.01)[0][0]]
    balanced = candidates[np.argmin(apcer + bpcer)]
    return Thresholds(float(min(weak, balanced)), float(balanced), float(max(strict, balanced)))


def equal_weights(samples: Sequence[Sample]) -> Floats:
    """One a sample: the same sum for each class of each source, mean 1."""
    weights = np.zeros(len(samples))
    for rows, flags in groups(samples).values():
        for chosen in (rows[flags], rows[~flags]):
            weights[chosen] = 1 / max(len(chosen), 1)
    return weights / weights.mean()


def _share_below(scores: Floats, weights: Floats, thresholds: Floats) -> Floats:
    order = np.argsort(scores)
    total = np.concatenate([[0.0], np.cumsum(weights[order])])
    return total[np.searchsorted(scores[order], thresholds, side="left")] / total[-1]
