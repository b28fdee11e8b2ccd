"""How often a right verdict flips, and how far scores move, when the capture suffers.

The PAD model is asked again about the changed pixels at the face's place in them, so that the figures speak
of it and not of the detector; the box changes stand for what a detector would have found. Where the image is
turned, the detector is asked too, and a face that it loses counts as refused.
"""

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from bonaface.analyzer import Analyzer
from bonaface.evaluation.dataset import Label
from bonaface.evaluation.perturb import BOX_PERCENT, Condition, conditions
from bonaface.evaluation.scoring import Advance, Scored
from bonaface.geometry import Box
from bonaface.imaging.picture import Picture
from bonaface.imaging.types import RgbImage
from bonaface.interval import UNTOLD, Figure, share

IMAGES = 12
"""Images drawn of each source and label."""


@dataclass(frozen=True, slots=True)
class Flips:
    """Of the right verdicts under one condition: how many were asked again, and what became of them.

    attacks_accepted, bona_fide_refused: flips as shares of the attacks and of the bona fide presentations.
    change: mean absolute change of the score.
    """

    family: str
    level: str
    count: int
    flips: Figure
    attacks_accepted: float
    bona_fide_refused: float
    change: float


@dataclass(frozen=True, slots=True)
class _Trial:
    bona_fide: bool
    flipped: bool
    change: float


def draw_right(
    scored: Sequence[Scored], threshold: float, seed: int, images: int = IMAGES
) -> tuple[Scored, ...]:
    """Up to `images` of each source and label, at random among those with a right verdict."""
    groups: dict[tuple[str, str], list[Scored]] = defaultdict(list)
    for one in scored:
        if (one.score >= threshold) == (one.sample.label is Label.BONA_FIDE):
            groups[one.sample.source, one.sample.label].append(one)
    generator = np.random.default_rng(seed)
    drawn = []
    for _, group in sorted(groups.items()):
        drawn += [group[place] for place in sorted(generator.permutation(len(group))[:images])]
    return tuple(drawn)


def run_suite(
    analyzer: Analyzer,
    right: Sequence[Scored],
    threshold: float,
    workers: int,
    advance: Advance = lambda: None,
) -> tuple[Flips, ...]:
    """Every condition on every image. right: scored images whose verdict at `threshold` is right."""
    suite = conditions()

    def run(one: Scored) -> dict[int, _Trial]:
        trials = _try_all(analyzer, one, threshold, suite)
        advance()
        return trials

    with ThreadPoolExecutor(workers) as pool:
        results = list(pool.map(run, right))
    tried = [
        (condition, [result[place] for result in results if place in result])
        for place, condition in enumerate(suite)
    ]
    told = [_summed(condition.family, condition.level, trials) for condition, trials in tried]
    return (*told, *(_box_changes(tried, percent) for percent in BOX_PERCENT))


def _try_all(
    analyzer: Analyzer, one: Scored, threshold: float, suite: Sequence[Condition]
) -> dict[int, _Trial]:
    pixels = analyzer.decode(one.sample.path).decode()
    bona_fide = one.sample.label is Label.BONA_FIDE
    trials = {}
    for place, condition in enumerate(suite):
        changed = condition.change(pixels, one.face.box)
        if changed is None:
            continue
        score = _score(analyzer, *changed, condition.is_found_anew)
        trials[place] = _Trial(bona_fide, (score >= threshold) is not bona_fide, abs(score - one.score))
    return trials


def _score(analyzer: Analyzer, image: RgbImage, box: Box, is_found_anew: bool) -> float:
    """A face that is lost has the score of one that is refused for certain: 0."""
    picture, quarters = Picture.of(image), 0
    if is_found_anew:
        found = analyzer.detect(picture)
        if not found:
            return 0.0
        box, quarters = found[0].box, found[0].landmarks.quarters
    return analyzer.score(float(analyzer.log_odds(picture, [box], [quarters])[0]))


def _summed(family: str, level: str, trials: Sequence[_Trial]) -> Flips:
    return Flips(
        family,
        level,
        len(trials),
        _flips(trials),
        _flips([trial for trial in trials if not trial.bona_fide]).value,
        _flips([trial for trial in trials if trial.bona_fide]).value,
        float(np.mean([trial.change for trial in trials])) if trials else float("nan"),
    )


def _box_changes(tried: Sequence[tuple[Condition, Sequence[_Trial]]], percent: int) -> Flips:
    """All six changes of the box by so much as one: no interval, since they share their images."""
    chosen = [
        trials
        for condition, trials in tried
        if condition.family.startswith("box") and condition.level.split()[-2].strip("+-") == str(percent)
    ]
    pooled = _summed("box, mean of all", f"{percent} %", [trial for trials in chosen for trial in trials])
    return replace(pooled, flips=Figure(pooled.flips.value, UNTOLD))


def _flips(trials: Sequence[_Trial]) -> Figure:
    return share(sum(trial.flipped for trial in trials), len(trials))
