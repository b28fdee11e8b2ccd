"""This run beside another one on the same images: differences, with intervals of a paired bootstrap.

Each resample draws subjects (or images) once, and both runs are measured on what was drawn: what makes an
image hard for both does not widen the interval (Efron and Tibshirani, 1993, ch. 16). Means resample each
source by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bonaface.evaluation.bootstrap import Resampler
from bonaface.evaluation.metrics import Floats, ScoreSet, area, equal_error, operating, pooled_curve
from bonaface.evaluation.other_run import OtherRun
from bonaface.evaluation.percentiles import percentiles
from bonaface.evaluation.result import ROUNDS, EvaluationResult
from bonaface.evaluation.scores_file import DIGITS
from bonaface.evaluation.scoring import Scored
from bonaface.evaluation.sources import score_set
from bonaface.interval import Figure
from bonaface.types import Preset

RATES = ("apcer", "bpcer", "acer")


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of this run, of the other, and this minus the other with its interval; all as fractions."""

    name: str
    here: float
    there: float
    change: Figure


@dataclass(frozen=True, slots=True)
class SourceComparison:
    """One source, or the mean of several: differences by figure.

    better, worse: images that the default preset judges right here and wrong there, and the other way round.
    """

    name: str
    images: int
    better: int
    worse: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """All of it. rounds, seed: of the bootstrap. apart: images that one of the runs alone scored."""

    other: OtherRun
    sources: tuple[SourceComparison, ...]
    mean: SourceComparison
    rounds: int
    seed: int
    apart: int
    notes: tuple[str, ...]

    @property
    def as_dict(self) -> dict[str, Any]:
        """For JSON, without names of images."""
        return {
            "other": self.other.name,
            "rounds": self.rounds,
            "seed": self.seed,
            "images_of_one_run": self.apart,
            "sources": [asdict(one) for one in self.sources],
            "mean": asdict(self.mean),
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """The images of one source that both runs scored, in one order."""

    name: str
    here: ScoreSet
    there: ScoreSet
    resampler: Resampler


def compare(result: EvaluationResult, other: OtherRun, rounds: int = ROUNDS) -> Comparison:
    """Pairs images by their path. A comparison of no image has neither sources nor figures."""
    both = [one for one in result.scoring.scored if one.sample.name in other.scores]
    pairs = [_pairs(source.name, both, other) for source in result.sources]
    pairs = [one for one in pairs if len(one.here.values)]
    drawn = [_Drawn(one, result, other, rounds, place) for place, one in enumerate(pairs)]
    apart = len(result.scoring.scored) + len(other.scores) - 2 * len(both)
    return Comparison(
        other,
        tuple(one.compared for one in drawn),
        _mean(drawn, other),
        rounds,
        result.run.seed,
        apart,
        (*other.notes, *_notes(both, other, apart)),
    )


class _Drawn:
    """One source measured in both runs, and on every resample."""

    def __init__(
        self, pairs: _Pairs, result: EvaluationResult, other: OtherRun, rounds: int, place: int
    ) -> None:
        mine = {preset: result.run.thresholds[preset] for preset in other.thresholds}
        self.here = _measure(pairs.here, mine, other)
        self.there = _measure(pairs.there, other.thresholds, other)
        generator = np.random.default_rng(result.run.seed + place)
        changes = []
        for _ in range(rounds):
            rows = pairs.resampler.rows(generator)
            here = _measure(pairs.here.take(rows), mine, other)
            changes.append(here - _measure(pairs.there.take(rows), other.thresholds, other))
        self.changes = np.stack(changes)
        self.compared = self._compared(pairs, result.run.preset, mine, other)

    def _compared(
        self, pairs: _Pairs, preset: Preset, mine: Mapping[Preset, float], other: OtherRun
    ) -> SourceComparison:
        here = _right(pairs.here, mine[preset])
        there = _right(pairs.there, other.thresholds[preset])
        return SourceComparison(
            pairs.name,
            len(here),
            int((here & ~there).sum()),
            int((there & ~here).sum()),
            _differences(_names(other), self.here, self.there, self.changes),
        )


def _pairs(name: str, both: Sequence[Scored], other: OtherRun) -> _Pairs:
    some = [one for one in both if one.sample.source == name]
    subjects = np.array([one.sample.subject for one in some], dtype=np.str_)
    here = score_set([(one.sample, round(one.score, DIGITS)) for one in some])
    there = score_set([(one.sample, other.scores[one.sample.name].score) for one in some])
    return _Pairs(name, here, there, Resampler(here, subjects))


def _names(other: OtherRun) -> tuple[str, ...]:
    """Presets beside each other have the same scores, and so the same EER and AUC."""
    rates = tuple(f"{preset}.{rate}" for preset in other.thresholds for rate in RATES)
    return rates if other.same_scores else ("eer", "auc", *rates)


def _measure(scores: ScoreSet, thresholds: Mapping[Preset, float], other: OtherRun) -> Floats:
    """The figures of `_names`, in their order."""
    found = [] if other.same_scores else [equal_error(pooled_curve(scores))[0], area(scores)]
    for threshold in thresholds.values():
        at = operating(scores, threshold)
        found += [at.apcer, at.bpcer, at.acer]
    return np.array(found, dtype=np.float64)


def _right(scores: ScoreSet, threshold: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.asarray((scores.values >= threshold) == scores.bona_fide, dtype=np.bool_)


def _differences(
    names: Sequence[str], here: Floats, there: Floats, changes: Floats
) -> tuple[Difference, ...]:
    return tuple(
        Difference(
            name,
            float(here[place]),
            float(there[place]),
            Figure(float(here[place] - there[place]), percentiles(changes[:, place])),
        )
        for place, name in enumerate(names)
    )


def _mean(drawn: Sequence[_Drawn], other: OtherRun) -> SourceComparison:
    """Every source weighs the same, in a figure that it has."""
    names, parts = _names(other), [one.compared for one in drawn]
    if not drawn:
        return SourceComparison("mean", 0, 0, 0, ())
    here = _columns([one.here[None] for one in drawn])[0]
    there = _columns([one.there[None] for one in drawn])[0]
    return SourceComparison(
        "mean, all sources" if len(parts) > 1 else parts[0].name,
        sum(one.images for one in parts),
        sum(one.better for one in parts),
        sum(one.worse for one in parts),
        _differences(names, here, there, _columns([one.changes for one in drawn])),
    )


def _columns(parts: Sequence[Floats]) -> Floats:
    """The mean over parts of R x K figures, those that are NaN left out; R x K."""
    stacked = np.stack(parts)
    counts = (~np.isnan(stacked)).sum(axis=0)
    sums = np.nansum(stacked, axis=0)
    means = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return np.asarray(means, dtype=np.float64)


def _notes(both: Sequence[Scored], other: OtherRun, apart: int) -> list[str]:
    notes = []
    if apart:
        notes.append(f"{apart} images were scored by one of the runs alone and are left out.")
    relabelled = sum(other.scores[one.sample.name].label != one.sample.label.value for one in both)
    if relabelled:
        notes.append(f"{relabelled} images have another label in {other.name}; the labels of this run count.")
    if not both:
        notes.append(f"No image of {other.name} has the path of one that was scored here.")
    return notes
