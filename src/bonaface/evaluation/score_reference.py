"""How the scores of labelled captures are spread: in ten bins, a tenth in each when both classes are equally
many.
"""

from collections.abc import Sequence

import numpy as np

from bonaface.evaluation.metrics import Floats, ScoreSet
from bonaface.models.score_reference import BINS, ScoreReference

DIGITS = 6


def score_reference(sources: Sequence[ScoreSet]) -> ScoreReference:
    """Of calibrated scores; every source weighs the same within a class, and either class half.

    sources: with both classes somewhere among them.
    """
    lives = [source.live for source in sources if len(source.live)]
    attacks = [source.attacks for source in sources if len(source.attacks)]
    edges = np.round(_edges(lives, attacks), DIGITS)
    return ScoreReference(
        edges=tuple(edges.tolist()), bona_fide=_shares(lives, edges), attack=_shares(attacks, edges)
    )


def _edges(lives: Sequence[Floats], attacks: Sequence[Floats]) -> Floats:
    """Scores below which a tenth, two tenths and so on of the weight lie."""
    groups = [(one, 0.5 / len(each) / len(one)) for each in (lives, attacks) for one in each]
    values = np.concatenate([one for one, _ in groups])
    weights = np.concatenate([np.full(len(one), weight) for one, weight in groups])
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    places = np.searchsorted(below, np.arange(1, BINS) / BINS)
    return np.asarray(values[order][np.minimum(places, len(values) - 1)], np.float64)


def _shares(groups: Sequence[Floats], edges: Floats) -> tuple[float, ...]:
    each = [
        np.bincount(np.searchsorted(edges, one, side="right"), minlength=BINS) / len(one) for one in groups
    ]
    return tuple(round(float(share), DIGITS) for share in np.stack(each).mean(axis=0))
