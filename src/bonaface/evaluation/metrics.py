"""Error rates of presentation attack detection, as ISO/IEC 30107-3 defines them.

A presentation is accepted as bona fide when its score is at least the threshold, as the product decides.

- APCER of one kind of attack (PAI species): share of its presentations that are accepted. APCER of a
  test: the largest over its kinds.
- BPCER: share of bona fide presentations that are refused. ACER: (APCER + BPCER) / 2.
- EER: where APCER over all attacks pooled equals BPCER, linear between neighbouring operating points.

A rate of a class without presentations is NaN.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Words = NDArray[np.str_]


@dataclass(frozen=True, slots=True, eq=False)
class ScoreSet:
    """Scores of N presentations, high = bona fide: N float64, N bool, N attack kinds (empty: bona fide).

    capped: whether the BPCER of these presentations alone may move a threshold (`calibrate.CAP`).
    """

    values: Floats
    bona_fide: Flags
    kinds: Words
    capped: bool = True

    @property
    def live(self) -> Floats:
        """Scores of the bona fide presentations."""
        return self.values[self.bona_fide]

    @property
    def attacks(self) -> Floats:
        """Scores of all attack presentations."""
        return self.values[~self.bona_fide]

    @property
    def complete(self) -> bool:
        """Whether both classes are present."""
        return bool(self.bona_fide.any() and not self.bona_fide.all())

    def by_kind(self) -> dict[str, Floats]:
        """Scores of the attacks of each kind, by its name."""
        kinds = np.where(self.bona_fide, "", self.kinds)
        return {str(kind): self.values[kinds == kind] for kind in np.unique(kinds[~self.bona_fide])}

    def take(self, rows: NDArray[np.intp]) -> "ScoreSet":
        """The presentations at these places, repeated where a place is."""
        return ScoreSet(self.values[rows], self.bona_fide[rows], self.kinds[rows], self.capped)


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What a threshold does: APCER by kind, its maximum, BPCER and their mean."""

    threshold: float
    by_kind: dict[str, float]
    apcer: float
    bpcer: float

    @property
    def acer(self) -> float:
        return (self.apcer + self.bpcer) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """APCER and BPCER at every threshold that makes a difference, thresholds rising, the last infinite."""

    thresholds: Floats
    apcer: Floats
    bpcer: Floats


def accepted(scores: Floats, thresholds: Floats) -> Floats:
    """Share of the scores at or above each threshold; NaN when there are none."""
    if not len(scores):
        return np.full(len(thresholds), np.nan)
    below = np.searchsorted(np.sort(scores), thresholds, side="left")
    return np.asarray((len(scores) - below) / len(scores), dtype=np.float64)


def refused(scores: Floats, thresholds: Floats) -> Floats:
    """Share of the scores below each threshold; NaN when there are none."""
    if not len(scores):
        return np.full(len(thresholds), np.nan)
    below = np.searchsorted(np.sort(scores), thresholds, side="left")
    return np.asarray(below / len(scores), dtype=np.float64)


def operating(scores: ScoreSet, threshold: float) -> OperatingPoint:
    """The error rates at one threshold."""
    at = np.array([threshold])
    by_kind = {kind: float(accepted(values, at)[0]) for kind, values in scores.by_kind().items()}
    worst = max(by_kind.values(), default=float("nan"))
    return OperatingPoint(threshold, by_kind, worst, float(refused(scores.live, at)[0]))


def pooled_curve(scores: ScoreSet) -> Curve:
    """All attacks as one class."""
    thresholds = steps(scores.values)
    return Curve(thresholds, accepted(scores.attacks, thresholds), refused(scores.live, thresholds))


def worst_curve(scores: ScoreSet, thresholds: Floats | None = None) -> Curve:
    """APCER is that of the worst kind at each threshold."""
    at = steps(scores.values) if thresholds is None else thresholds
    rates = [accepted(values, at) for values in scores.by_kind().values()]
    worst = np.max(rates, axis=0) if rates else np.full(len(at), np.nan)
    return Curve(at, worst, refused(scores.live, at))


def mean_curve(sources: Sequence[ScoreSet], *, worst: bool) -> Curve:
    """Every source weighs the same; APCER pooled within a source, or that of its worst kind."""
    thresholds = steps(np.concatenate([source.values for source in sources]))
    live = [refused(source.live, thresholds) for source in sources if len(source.live)]
    spoofs = [source for source in sources if len(source.attacks)]
    attacks = [
        worst_curve(source, thresholds).apcer if worst else accepted(source.attacks, thresholds)
        for source in spoofs
    ]
    nothing = np.full(len(thresholds), np.nan)
    return Curve(
        thresholds,
        np.mean(attacks, axis=0) if attacks else nothing,
        np.mean(live, axis=0) if live else nothing,
    )


def steps(values: Floats) -> Floats:
    """Each distinct score, rising, and infinity."""
    return np.append(np.unique(values), np.inf)


def equal_error(curve: Curve) -> tuple[float, float]:
    """EER and the threshold nearest to it; NaN when a class is empty."""
    gap = curve.bpcer - curve.apcer
    if np.isnan(gap).any():
        return float("nan"), float("nan")
    after = int(np.argmax(gap >= 0))
    before = max(after - 1, 0)
    span = gap[after] - gap[before]
    share = -gap[before] / span if span else 0.0
    rate = curve.bpcer[before] + share * (curve.bpcer[after] - curve.bpcer[before])
    finite = np.isfinite(curve.thresholds[after])
    nearest = after if finite and abs(gap[after]) <= abs(gap[before]) else before
    return float(rate), float(curve.thresholds[nearest])


def area(scores: ScoreSet) -> float:
    """AUC: how often a bona fide score is above an attack's, ties counted half (Mann and Whitney)."""
    live, attacks = scores.live, np.sort(scores.attacks)
    if not len(live) or not len(attacks):
        return float("nan")
    below = np.searchsorted(attacks, live, side="left")
    upto = np.searchsorted(attacks, live, side="right")
    return float((below + upto).sum() / (2 * len(live) * len(attacks)))


def bpcer_at_apcer(curve: Curve, limit: float) -> float:
    """The smallest BPCER of a threshold whose APCER is at most `limit`; NaN when a class is empty."""
    allowed = curve.apcer <= limit
    return float(curve.bpcer[allowed].min()) if allowed.any() else float("nan")


def apcer_at_bpcer(curve: Curve, limit: float) -> float:
    """The smallest APCER of a threshold whose BPCER is at most `limit`; NaN when a class is empty."""
    allowed = curve.bpcer <= limit
    return float(curve.apcer[allowed].min()) if allowed.any() else float("nan")
