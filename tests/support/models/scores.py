"""Scores that a test decides on, where the figures made of them are what is tested."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bonaface.evaluation.dataset import Label, Sample
from bonaface.evaluation.metrics import ScoreSet
from bonaface.evaluation.scoring import Scored, Scoring, Unscored
from bonaface.geometry import Box, Landmarks, Point
from bonaface.types import Detection

FACE = Detection(
    Box(40, 30, 140, 160),
    Landmarks(Point(70, 80), Point(110, 80), Point(90, 105), Point(75, 130), Point(105, 130)),
    0.9,
)


def score_set(live: Sequence[float], **attacks: Sequence[float]) -> ScoreSet:
    """Bona fide scores, and attack scores by kind."""
    values = [*live, *(score for kind in attacks.values() for score in kind)]
    kinds = [""] * len(live) + [name for name, scores in attacks.items() for _ in scores]
    bona_fide = [not kind for kind in kinds]
    return ScoreSet(np.array(values, np.float64), np.array(bona_fide, np.bool_), np.array(kinds, np.str_))


def random_set(seed: int, live: int = 60, attacks: int = 80, shift: float = 2.0) -> ScoreSet:
    """Log-odds of two normal classes, rounded so that there are ties; two kinds of attack."""
    generator = np.random.default_rng(seed)
    values = np.concatenate([generator.normal(shift, 2, live), generator.normal(-shift, 2, attacks)]).round(1)
    kinds = np.array([""] * live + ["print", "replay"] * (attacks // 2), np.str_)
    return ScoreSet(values, kinds == "", kinds)


def a_sample(label: Label, source: str = "cam", kind: str = "print", subject: str = "") -> Sample:
    """A labelled image that nobody opens."""
    name = f"{source}/{label}.jpg"
    attack_kind = kind if label is Label.ATTACK else ""
    return Sample(Path("/nowhere") / name, name, label, source, attack_kind, subject)


def scored(score: float, sample: Sample | None = None, skin: float = 45.0) -> Scored:
    """An image, bona fide unless told, with this score; its log-odds are those of the score."""
    log_odds = float(np.log(score / (1 - score)))
    return Scored(sample or a_sample(Label.BONA_FIDE), FACE, 1, log_odds, score, skin)


def a_source(live: Sequence[float], source: str = "cam", **attacks: Sequence[float]) -> tuple[Scored, ...]:
    """A source's scored images; attack scores by kind."""
    genuine = [scored(score, a_sample(Label.BONA_FIDE, source)) for score in live]
    spoofs = [
        scored(score, a_sample(Label.ATTACK, source, kind))
        for kind, all_of in attacks.items()
        for score in all_of
    ]
    return (*genuine, *spoofs)


def random_source(seed: int, source: str, live: int = 30, attacks: int = 30) -> tuple[Scored, ...]:
    """Two overlapping classes, two kinds of attack, ten subjects."""
    scores = random_set(seed, live, attacks, shift=1.5)
    found = []
    for place, value in enumerate(scores.values):
        label = Label.BONA_FIDE if scores.bona_fide[place] else Label.ATTACK
        sample = a_sample(label, source, str(scores.kinds[place]), f"p{place % 10}")
        found.append(scored(float(1 / (1 + np.exp(-value))), sample))
    return tuple(found)


def whole(*parts: tuple[Scored, ...], failed: Sequence[Unscored] = ()) -> Scoring:
    """The scoring of several sources."""
    return Scoring(
        tuple(one for part in parts for one in part),
        tuple(one for one in failed if one.readable),
        tuple(one for one in failed if not one.readable),
    )
