"""The score and the three presets, from labelled captures; every source weighs the same.

- slope and offset: Platt scaling of the fused log-odds (`platt.py`).
- weak: the highest threshold with BPCER at most 1 %. balanced: the threshold with the least ACER among
  those at which no source refuses more than 20 % of its bona fide faces. strict: the lowest threshold with
  APCER at most 1 %. BPCER is the mean over sources, APCER the mean over sources of that of the source's worst
  kind of attack. `Rules` has these figures, and others where they are asked for.
- The 20 % hold for sources with at least 15 bona fide images, below which a rate says little, of whole
  captures, and not marked `measure` in the manifest: of those, and of crops of faces, which no service
  receives, nothing but the mean enters the choice.
- Each threshold has a bootstrap interval; slope and offset are fitted anew in every round.
- What presets do on captures that did not fit them is told by `cross_validation.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.metrics import Curve, Floats, ScoreSet, mean_curve
from bonaface.evaluation.percentiles import percentiles
from bonaface.evaluation.platt import Platt, fit_platt
from bonaface.evaluation.sources import Source
from bonaface.interval import Interval
from bonaface.types import Preset

CAP = 0.2
"""BPCER of a single source that balanced may not pass: who is refused more often gives the service up."""

CAPPED_FROM = 15
"""Bona fide images from which on a source's own BPCER counts."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the presets are fitted to.

    weak_bpcer: BPCER of weak at most; strict_apcer: APCER of strict at most; shares.
    cost: how many refused bona fide faces an accepted attack is worth to balanced.
    """

    weak_bpcer: float = 0.01
    strict_apcer: float = 0.01
    cost: float = 1.0


USUAL = Rules()
"""The rules that the shipped presets follow."""


@dataclass(frozen=True, slots=True)
class Presets:
    """A fitted calibration. clamped: presets whose own rule the data put out of order."""

    platt: Platt
    thresholds: dict[Preset, float]
    clamped: tuple[Preset, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """A calibration with 95 % intervals of its thresholds, and the rules that made it."""

    presets: Presets
    intervals: dict[Preset, Interval]
    rules: Rules


def calibrate(sources: Sequence[Source], rounds: int, seed: int, rules: Rules = USUAL) -> Fit:
    """sources: with log-odds as their values.

    Raises InvalidParameterError when a class is missing or the model does not tell the classes apart.
    """
    used = [source for source in sources if len(source.scores.values)]
    if not used:
        raise InvalidParameterError(
            "No face could be scored; calibration needs bona fide images and attacks."
        )
    presets = fit_presets([source.scores for source in used], rules)
    return Fit(presets, _intervals(used, rounds, seed, rules), rules)


def fit_presets(sources: Sequence[ScoreSet], rules: Rules = USUAL) -> Presets:
    """Slope, offset and thresholds, kept in the order weak <= balanced <= strict."""
    platt = fit_platt(sources)
    scaled = [calibrated(source, platt) for source in sources]
    own = _own_thresholds(mean_curve(scaled, worst=True), _cap(scaled), rules)
    balanced = own[Preset.BALANCED]
    kept = {
        Preset.WEAK: min(own[Preset.WEAK], balanced),
        Preset.BALANCED: balanced,
        Preset.STRICT: max(own[Preset.STRICT], balanced),
    }
    return Presets(platt, kept, tuple(preset for preset in Preset if kept[preset] != own[preset]))


def calibrated(source: ScoreSet, platt: Platt) -> ScoreSet:
    """Scores 0..1 in place of log-odds."""
    return replace(source, values=platt(source.values))


def _cap(sources: Sequence[ScoreSet]) -> float:
    """The highest score that may be balanced's threshold; infinite where no source is capped."""
    lives = [np.sort(one.live) for one in sources if one.capped and len(one.live) >= CAPPED_FROM]
    return min((float(live[int(CAP * len(live))]) for live in lives), default=float("inf"))


def _own_thresholds(curve: Curve, cap: float, rules: Rules) -> dict[Preset, float]:
    """By the rule of each preset alone. A threshold lies halfway between two scores, never above 1."""
    weak = int(np.nonzero(curve.bpcer <= rules.weak_bpcer)[0][-1])
    strict = int(np.nonzero(curve.apcer <= rules.strict_apcer)[0][0])
    price = np.where(curve.thresholds <= cap, rules.cost * curve.apcer + curve.bpcer, np.inf)
    places = {Preset.WEAK: weak, Preset.BALANCED: int(np.argmin(price)), Preset.STRICT: strict}
    return {preset: _halfway(curve.thresholds, place) for preset, place in places.items()}


def _halfway(thresholds: Floats, place: int) -> float:
    if place == 0:
        return float(thresholds[0])
    below, above = float(thresholds[place - 1]), min(float(thresholds[place]), 1.0)
    return max((below + above) / 2, float(np.nextafter(below, 1.0)))


def _intervals(sources: Sequence[Source], rounds: int, seed: int, rules: Rules) -> dict[Preset, Interval]:
    """Rounds whose resample cannot be calibrated are left out."""
    generator = np.random.default_rng(seed)
    drawn: dict[Preset, list[float]] = {preset: [] for preset in Preset}
    for _ in range(rounds):
        try:
            presets = fit_presets([source.resampler.draw(generator) for source in sources], rules)
        except InvalidParameterError:
            continue
        for preset, threshold in presets.thresholds.items():
            drawn[preset].append(threshold)
    return {preset: percentiles(np.array(values, dtype=np.float64)) for preset, values in drawn.items()}
