"""What presets do on captures that did not fit them.

With several sources each is left out in its turn: score and presets are fitted to the others and applied to
it, which is what a camera that nobody calibrated on will see. With one source, five parts of its subjects (or
images, where subjects are not known) are left out in turn.

Intervals are 95 % percentile bootstrap: sources are drawn, and in each its subjects or images.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.calibrate import USUAL, Presets, Rules, calibrated, fit_presets
from bonaface.evaluation.metrics import Floats, OperatingPoint, ScoreSet, operating
from bonaface.evaluation.percentiles import percentiles
from bonaface.evaluation.platt import equal_weights
from bonaface.evaluation.reliability import ScoredLabels
from bonaface.evaluation.sources import Source
from bonaface.interval import Figure
from bonaface.types import Preset

PARTS = 5
"""Of a single source."""


@dataclass(frozen=True, slots=True, eq=False)
class Unseen:
    """A source judged by presets that did not see the images judged.

    scores: calibrated, 0..1. margins: by preset, how far each score lies above the threshold that it was held
    against; accepted at 0 and above.
    """

    source: Source
    scores: ScoreSet
    margins: dict[Preset, Floats]

    def operating(self, preset: Preset, rows: NDArray[np.intp] | None = None) -> OperatingPoint:
        """Error rates of all images, or of those at these places."""
        margins = replace(self.scores, values=self.margins[preset])
        return operating(margins if rows is None else margins.take(rows), 0.0)


@dataclass(frozen=True, slots=True)
class Expected:
    """Means over sources, APCER of the worst kind, with intervals."""

    apcer: Figure
    bpcer: Figure

    @property
    def acer(self) -> float:
        return (self.apcer.value + self.bpcer.value) / 2


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """unit: what was left out, `source`, `subject` or `image`; unseen: none where nothing could be."""

    unit: str
    unseen: tuple[Unseen, ...]

    @property
    def judged(self) -> ScoredLabels:
        """Scores with labels, weighed as in the fit, for the reliability diagram."""
        if not self.unseen:
            return ScoredLabels(np.zeros(0), np.zeros(0, dtype=np.bool_), np.zeros(0))
        sets = [one.scores for one in self.unseen]
        values = np.concatenate([one.values for one in sets])
        return ScoredLabels(values, np.concatenate([one.bona_fide for one in sets]), equal_weights(sets))

    def expected(self, rounds: int, seed: int) -> dict[Preset, Expected]:
        """What each preset does on what it did not see; empty where that is not known."""
        if not self.unseen:
            return {}
        generator = np.random.default_rng(seed)
        found = {}
        for preset in Preset:
            drawn = np.array([_resampled(self.unseen, preset, generator) for _ in range(rounds)])
            apcer, bpcer = mean_rates([one.operating(preset) for one in self.unseen])
            found[preset] = Expected(
                Figure(apcer, percentiles(drawn[:, 0])), Figure(bpcer, percentiles(drawn[:, 1]))
            )
        return found


def cross_validate(sources: Sequence[Source], seed: int, rules: Rules = USUAL) -> CrossValidation:
    """Sources whose absence leaves nothing to calibrate on are passed over."""
    used = [source for source in sources if len(source.scores.values)]
    if len(used) > 1:
        return CrossValidation("source", tuple(_sources_left_out(used, rules)))
    parts = [_parts_left_out(source, seed, rules) for source in used]
    return CrossValidation(used[0].resampler.unit, tuple(one for one in parts if one is not None))


def mean_rates(each: Sequence[OperatingPoint]) -> tuple[float, float]:
    """Mean APCER and mean BPCER over those that have the class; NaN where none has."""
    rates = np.array([(one.apcer, one.bpcer) for one in each])
    known = ~np.isnan(rates)
    with np.errstate(invalid="ignore"):
        apcer, bpcer = np.where(known, rates, 0).sum(axis=0) / known.sum(axis=0)
    return float(apcer), float(bpcer)


def _sources_left_out(sources: Sequence[Source], rules: Rules) -> list[Unseen]:
    found = []
    for source in sources:
        try:
            presets = fit_presets([other.scores for other in sources if other is not source], rules)
        except InvalidParameterError:
            continue
        scores = calibrated(source.scores, presets.platt)
        found.append(Unseen(source, scores, _margins(scores.values, presets)))
    return found


def _parts_left_out(source: Source, seed: int, rules: Rules) -> Unseen | None:
    every = np.arange(len(source.scores.values))
    scores = np.zeros(len(every))
    margins = {preset: np.zeros(len(every)) for preset in Preset}
    for part in source.resampler.folds(PARTS, np.random.default_rng(seed)):
        try:
            presets = fit_presets([source.scores.take(np.setdiff1d(every, part))], rules)
        except InvalidParameterError:
            return None
        scores[part] = presets.platt(source.scores.values[part])
        for preset, values in _margins(scores[part], presets).items():
            margins[preset][part] = values
    return Unseen(source, replace(source.scores, values=scores), margins)


def _margins(scores: Floats, presets: Presets) -> dict[Preset, Floats]:
    return {preset: scores - threshold for preset, threshold in presets.thresholds.items()}


def _resampled(
    unseen: Sequence[Unseen], preset: Preset, generator: np.random.Generator
) -> tuple[float, float]:
    picks = generator.integers(len(unseen), size=len(unseen))
    return mean_rates(
        [unseen[pick].operating(preset, unseen[pick].source.resampler.rows(generator)) for pick in picks]
    )
