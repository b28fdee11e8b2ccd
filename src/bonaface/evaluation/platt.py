"""Scores to probabilities by a rising sigmoid.

J. Platt, *Probabilistic Outputs for Support Vector Machines* (1999), in the numerically stable form of Lin,
Lin and Weng, *A Note on Platt's Probabilistic Outputs* (2007): maximum likelihood with softened targets,
which keeps the slope finite when the classes are apart. Each source weighs the same, and each class half.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.metrics import Flags, Floats, ScoreSet

_ROUNDS = 100
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Platt:
    """probability of bona fide = sigmoid(slope x log-odds + offset), slope > 0."""

    slope: float
    offset: float

    def __call__(self, log_odds: Floats) -> Floats:
        """0..1, high = bona fide."""
        return np.asarray(0.5 * (1 + np.tanh((self.slope * log_odds + self.offset) / 2)), dtype=np.float64)


def fit_platt(sources: Sequence[ScoreSet]) -> Platt:
    """The likeliest slope and offset for log-odds, high = bona fide.

    Raises InvalidParameterError when a class is missing or attacks score higher than bona fide.
    """
    values = np.concatenate([source.values for source in sources])
    bona_fide = np.concatenate([source.bona_fide for source in sources])
    if not bona_fide.any() or bona_fide.all():
        raise InvalidParameterError("Calibration needs bona fide images and attacks; one of them is missing.")
    slope, offset = _newton(values, _targets(bona_fide), equal_weights(sources))
    if slope <= 0:
        raise InvalidParameterError(
            "The model does not tell these bona fide images from these attacks; use other images or weights."
        )
    return Platt(slope, offset)


def equal_weights(sources: Sequence[ScoreSet]) -> Floats:
    """One weight a presentation, mean 1: each source weighs the same within a class, each class half."""
    bona_fide = np.concatenate([source.bona_fide for source in sources])
    weights = np.concatenate([_class_weights(source) for source in sources])
    for rows in (bona_fide, ~bona_fide):
        weights[rows] *= len(weights) / 2 / max(weights[rows].sum(), 1)
    return weights


def _class_weights(source: ScoreSet) -> Floats:
    """Those of each class that the source has sum to one."""
    live = int(source.bona_fide.sum())
    attacks = len(source.values) - live
    return np.where(source.bona_fide, 1 / max(live, 1), 1 / max(attacks, 1))


def _targets(bona_fide: Flags) -> Floats:
    live = int(bona_fide.sum())
    attacks = len(bona_fide) - live
    return np.where(bona_fide, (live + 1) / (live + 2), 1 / (attacks + 2))


def _newton(values: Floats, targets: Floats, weights: Floats) -> tuple[float, float]:
    """Newton's method with step halving on the weighted cross-entropy, which is convex."""
    design = np.stack([values, np.ones_like(values)])
    point = np.zeros(2)
    loss = _loss(point, design, targets, weights)
    for _ in range(_ROUNDS):
        probability = 0.5 * (1 + np.tanh(point @ design / 2))
        gradient = design @ (weights * (probability - targets))
        curvature = (design * (weights * probability * (1 - probability))) @ design.T + 1e-12 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        size = 1.0
        while size > _TOLERANCE and _loss(point - size * step, design, targets, weights) > loss:
            size /= 2
        point = point - size * step
        before, loss = loss, _loss(point, design, targets, weights)
        if before - loss <= _TOLERANCE * (1 + loss):
            break
    return float(point[0]), float(point[1])


def _loss(point: Floats, design: Floats, targets: Floats, weights: Floats) -> float:
    logits = point @ design
    return float(weights @ (np.logaddexp(0, logits) - targets * logits))
