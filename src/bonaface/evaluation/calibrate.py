"""The score and the three presets, from labelled captures; every source weighs the same.

- slope and offset: Platt scaling of the fused log-odds (`platt.py`).
- weak: the highest threshold with BPCER at most 1 %. balanced: the threshold with the least ACER among
  those at which no source refuses more than 20 % of its bona fide faces. strict: the lowest threshold with
  APCER at most 1 %. BPCER is the mean over sources, APCER the mean over sources of that of the source's worst
  kind of attack.
- The 20 % hold for sources with at least 15 bona fide images, below which a rate says little, and that are
  not marked `measure` in the manifest: of those nothing but the mean may enter a choice.
- Each threshold has a bootstrap interval; slope and offset are fitted anew in every round.
- Sources left out: slope, offset and thresholds are fitted without a source and then applied to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.interval import Interval, percentiles
from bonaface.evaluation.metrics import Curve, Floats, Operating, ScoreSet, mean_curve, operating
from bonaface.evaluation.platt import Platt, equal_weights, fit_platt
from bonaface.evaluation.reliability import Judged
from bonaface.evaluation.sources import Source
from bonaface.types import Preset

LIMIT = 0.01
"""BPCER of weak and APCER of strict."""

CAP = 0.2
"""BPCER of a single source that balanced may not pass: who is refused more often gives the service up."""

CAPPED_FROM = 15
"""Bona fide images from which on a source's own BPCER counts."""


@dataclass(frozen=True, slots=True)
class Presets:
    """A fitted calibration. clamped: presets whose own rule the data put out of order."""

    platt: Platt
    thresholds: dict[Preset, float]
    clamped: tuple[Preset, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What presets fitted on the other sources do on this one."""

    source: str
    platt: Platt
    by_preset: dict[Preset, Operating]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Everything that `bonaface calibrate` says.

    judged: scores, each from a fit that did not see its fold, with labels and weights.
    folds: what was left out in turn, source or subject or image.
    """

    presets: Presets
    intervals: dict[Preset, Interval]
    on_sources: dict[Preset, Operating]
    left_out: tuple[LeftOut, ...]
    judged: Judged
    folds: str


def calibrate(sources: Sequence[Source], rounds: int, seed: int) -> Fit:
    """sources: with log-odds as their values.

    Raises InvalidParameterError when a class is missing or the model does not tell the classes apart.
    """
    used = [source for source in sources if len(source.scores.values)]
    sets = [source.scores for source in used]
    if not sets:
        raise InvalidParameterError(
            "No face could be scored; calibration needs bona fide images and attacks."
        )
    presets = fit_presets(sets)
    judged, folds = _cross_validated(used, seed)
    return Fit(
        presets,
        _intervals(used, rounds, seed),
        mean_operating(sets, presets),
        _leave_out(used),
        judged,
        folds,
    )


def fit_presets(sources: Sequence[ScoreSet]) -> Presets:
    """Slope, offset and thresholds, kept in the order weak <= balanced <= strict."""
    platt = fit_platt(sources)
    scaled = [_scaled(source, platt) for source in sources]
    own = _own_thresholds(mean_curve(scaled, worst=True), _cap(scaled))
    balanced = own[Preset.BALANCED]
    kept = {
        Preset.WEAK: min(own[Preset.WEAK], balanced),
        Preset.BALANCED: balanced,
        Preset.STRICT: max(own[Preset.STRICT], balanced),
    }
    return Presets(platt, kept, tuple(preset for preset in Preset if kept[preset] != own[preset]))


def mean_operating(sources: Sequence[ScoreSet], presets: Presets) -> dict[Preset, Operating]:
    """APCER (worst kind) and BPCER of each preset, means over sources."""
    scaled = [_scaled(source, presets.platt) for source in sources]
    found = {}
    for preset, threshold in presets.thresholds.items():
        each = [operating(source, threshold) for source in scaled]
        apcer = float(np.mean([one.apcer for one in each if not np.isnan(one.apcer)]))
        bpcer = float(np.mean([one.bpcer for one in each if not np.isnan(one.bpcer)]))
        found[preset] = Operating(threshold, {}, apcer, bpcer)
    return found


def _cap(sources: Sequence[ScoreSet]) -> float:
    """The highest score that may be balanced's threshold; infinite where no source is capped."""
    lives = [np.sort(one.live) for one in sources if one.capped and len(one.live) >= CAPPED_FROM]
    return min((float(live[int(CAP * len(live))]) for live in lives), default=float("inf"))


def _own_thresholds(curve: Curve, cap: float) -> dict[Preset, float]:
    """By the rule of each preset alone. A threshold lies halfway between two scores, never above 1."""
    weak = int(np.nonzero(curve.bpcer <= LIMIT)[0][-1])
    strict = int(np.nonzero(curve.apcer <= LIMIT)[0][0])
    balanced = int(np.argmin(np.where(curve.thresholds <= cap, curve.apcer + curve.bpcer, np.inf)))
    places = {Preset.WEAK: weak, Preset.BALANCED: balanced, Preset.STRICT: strict}
    return {preset: _halfway(curve.thresholds, place) for preset, place in places.items()}


def _halfway(thresholds: Floats, place: int) -> float:
    if place == 0:
        return float(thresholds[0])
    below, above = float(thresholds[place - 1]), min(float(thresholds[place]), 1.0)
    return max((below + above) / 2, float(np.nextafter(below, 1.0)))


def _scaled(source: ScoreSet, platt: Platt) -> ScoreSet:
    return replace(source, values=platt(source.values))


def _intervals(sources: Sequence[Source], rounds: int, seed: int) -> dict[Preset, Interval]:
    """Rounds whose resample cannot be calibrated are left out."""
    generator = np.random.default_rng(seed)
    drawn: dict[Preset, list[float]] = {preset: [] for preset in Preset}
    for _ in range(rounds):
        try:
            presets = fit_presets([source.resampler.draw(generator) for source in sources])
        except InvalidParameterError:
            continue
        for preset, threshold in presets.thresholds.items():
            drawn[preset].append(threshold)
    return {preset: percentiles(np.array(values, dtype=np.float64)) for preset, values in drawn.items()}


def _leave_out(sources: Sequence[Source]) -> tuple[LeftOut, ...]:
    """Sources whose absence leaves nothing to calibrate on are passed over."""
    results = []
    for source in sources if len(sources) > 1 else ():
        try:
            presets = fit_presets(_others(source, sources))
        except InvalidParameterError:
            continue
        scaled = _scaled(source.scores, presets.platt)
        by_preset = {preset: operating(scaled, at) for preset, at in presets.thresholds.items()}
        results.append(LeftOut(source.name, presets.platt, by_preset))
    return tuple(results)


def _cross_validated(sources: Sequence[Source], seed: int) -> tuple[Judged, str]:
    if len(sources) > 1:
        folds, unit = [(source.scores, _others(source, sources)) for source in sources], "source"
    else:
        folds, unit = _within(sources[0], seed)
    judged = []
    for left, rest in folds:
        try:
            judged.append((left, fit_platt(rest)(left.values)))
        except InvalidParameterError:
            continue
    lefts = [left for left, _ in judged]
    if not lefts:
        return Judged(np.zeros(0), np.zeros(0, dtype=np.bool_), np.zeros(0)), unit
    bona_fide = np.concatenate([left.bona_fide for left in lefts])
    return Judged(np.concatenate([given for _, given in judged]), bona_fide, equal_weights(lefts)), unit


def _others(source: Source, sources: Sequence[Source]) -> list[ScoreSet]:
    return [other.scores for other in sources if other is not source]


def _within(source: Source, seed: int, count: int = 5) -> tuple[list[tuple[ScoreSet, list[ScoreSet]]], str]:
    """Folds of one source by subject, or by image where subjects are not known."""
    folds = source.resampler.folds(count, np.random.default_rng(seed))
    every = np.arange(len(source.scores.values))
    pairs = [(source.scores.take(fold), [source.scores.take(np.setdiff1d(every, fold))]) for fold in folds]
    return pairs, source.resampler.unit
