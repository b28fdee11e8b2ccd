"""How far a calibrated score is a probability."""

from dataclasses import dataclass

import numpy as np

from bonaface.evaluation.metrics import Flags, Floats


@dataclass(frozen=True, slots=True, eq=False)
class ScoredLabels:
    """N probabilities of bona fide, N labels, N weights."""

    probabilities: Floats
    bona_fide: Flags
    weights: Floats


@dataclass(frozen=True, slots=True)
class Bin:
    """Images whose scores lie in one tenth: how many, their weight, mean score, share that is bona fide."""

    count: int
    weight: float
    score: float
    bona_fide: float


def bins(judged: ScoredLabels, number: int = 10) -> tuple[Bin, ...]:
    """Bins of equal width over 0..1 that hold an image."""
    probabilities, weights = judged.probabilities, judged.weights
    place = np.minimum((probabilities * number).astype(int), number - 1)
    rows = [place == one for one in range(number)]
    return tuple(
        Bin(
            int(row.sum()),
            float(weights[row].sum()),
            float(np.average(probabilities[row], weights=weights[row])),
            float(np.average(judged.bona_fide[row], weights=weights[row])),
        )
        for row in rows
        if row.any()
    )


def expected_error(found: tuple[Bin, ...]) -> float:
    """ECE: mean distance of score and share (Naeini, Cooper and Hauskrecht 2015), weighted; NaN of none."""
    total = sum(one.weight for one in found)
    return (
        sum(one.weight * abs(one.score - one.bona_fide) for one in found) / total if total else float("nan")
    )


def brier(judged: ScoredLabels) -> float:
    """Mean squared distance of score and truth, weighted; NaN of none."""
    if not len(judged.probabilities):
        return float("nan")
    return float(np.average((judged.probabilities - judged.bona_fide) ** 2, weights=judged.weights))
