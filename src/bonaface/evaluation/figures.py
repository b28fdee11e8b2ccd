"""Every figure of a source, and its interval; means over sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bonaface.evaluation.bootstrap import replicates
from bonaface.evaluation.metrics import (
    Flags,
    Floats,
    ScoreSet,
    apcer_at_bpcer,
    area,
    bpcer_at_apcer,
    equal_error,
    mean_curve,
    operating,
    pooled_curve,
    worst_curve,
)
from bonaface.evaluation.percentiles import percentiles
from bonaface.evaluation.sources import Source
from bonaface.interval import UNTOLD, Figure, Interval, share
from bonaface.types import Preset

APCER_LIMITS = (1, 5, 10)
"""Per cent."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One source or one mean over sources: figures by name.

    Names: eer, auc, hter, bpcer_at_apcer_1 (_5, _10), apcer_at_bpcer_5, pooled_apcer_at_bpcer_5, and for
    each preset PRESET.apcer, PRESET.bpcer, PRESET.acer and PRESET.apcer.KIND.
    unit: what the intervals resample. carried: the threshold of hter. sources: how many it is the mean of.
    """

    name: str
    unit: str
    carried: float
    by_name: Mapping[str, Figure]
    sources: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """The figures of a source with every replicate of each, K names and rounds x K."""

    source: Source
    figures: Figures
    names: tuple[str, ...]
    replicates: Floats


def draw_figures(
    sources: Sequence[Source], thresholds: Mapping[Preset, float], rounds: int, seed: int
) -> tuple[Drawn, ...]:
    """The figures of every source. thresholds: of each preset, on the values of the sources' scores."""
    return tuple(
        _draw(source, thresholds, carried_threshold(source, sources), rounds, seed + place)
        for place, source in enumerate(sources)
    )


def carried_threshold(source: Source, sources: Sequence[Source]) -> float:
    """Where the mean APCER of all other sources equals their mean BPCER; NaN where they lack a class."""
    others = [other.scores for other in sources if other is not source]
    return equal_error(mean_curve(others, worst=False))[1] if others else float("nan")


def measure(scores: ScoreSet, thresholds: Mapping[Preset, float], carried: float) -> dict[str, float]:
    """Every figure of `Figures` for one set of scores."""
    pooled, worst = pooled_curve(scores), worst_curve(scores)
    found = {"eer": equal_error(pooled)[0], "auc": area(scores), "hter": _half_total(scores, carried)}
    for limit in APCER_LIMITS:
        found[f"bpcer_at_apcer_{limit}"] = bpcer_at_apcer(worst, limit / 100)
    found["apcer_at_bpcer_5"] = apcer_at_bpcer(worst, 0.05)
    found["pooled_apcer_at_bpcer_5"] = apcer_at_bpcer(pooled, 0.05)
    for preset, threshold in thresholds.items():
        at = operating(scores, threshold)
        found |= {f"{preset}.apcer": at.apcer, f"{preset}.bpcer": at.bpcer, f"{preset}.acer": at.acer}
        found |= {f"{preset}.apcer.{kind}": rate for kind, rate in at.by_kind.items()}
    return found


def mean_figures(name: str, drawn: Sequence[Drawn]) -> Figures:
    """Every figure's mean over the sources that have it, each weighing the same."""
    names = dict.fromkeys(key for one in drawn for key in one.names)
    by_name = {key: _mean_figure(key, [one for one in drawn if key in one.names]) for key in names}
    units = sorted({one.figures.unit for one in drawn})
    return Figures(name, " or ".join(units), float("nan"), by_name, len(drawn))


def _draw(
    source: Source, thresholds: Mapping[Preset, float], carried: float, rounds: int, seed: int
) -> Drawn:
    values = measure(source.scores, thresholds, carried)
    names = tuple(values)

    def statistic(scores: ScoreSet) -> Floats:
        drawn = measure(scores, thresholds, carried)
        return np.array([drawn.get(name, np.nan) for name in names])

    many = (
        replicates(source.resampler, statistic, rounds, seed) if len(source.scores.values) else _none(names)
    )
    by_name = {name: _figure(source, name, values[name], many[:, place]) for place, name in enumerate(names)}
    return Drawn(source, Figures(source.name, source.resampler.unit, carried, by_name), names, many)


def _figure(source: Source, name: str, value: float, drawn: Floats) -> Figure:
    """Where no presentation or every one is an error, resampling has no width: Wilson's interval instead."""
    _, _, rate = name.partition(".")
    if rate and rate != "acer" and value in (0.0, 1.0):
        units = min(source.resampler.units(chosen) for chosen in _presentations(source.scores, rate))
        return share(int(value) * units, units)
    return Figure(value, percentiles(drawn))


def _presentations(scores: ScoreSet, rate: str) -> list[Flags]:
    """Those that a rate counts: bona fide ones, attacks of one kind, or for `apcer` those of each kind."""
    if rate == "bpcer":
        return [scores.bona_fide]
    kinds = [rate.removeprefix("apcer.")] if rate != "apcer" else list(scores.by_kind())
    return [(scores.kinds == kind) & ~scores.bona_fide for kind in kinds]


def _none(names: Sequence[str]) -> Floats:
    return np.full((1, len(names)), np.nan)


def _half_total(scores: ScoreSet, threshold: float) -> float:
    """HTER: half of APCER over all attacks pooled plus BPCER."""
    if np.isnan(threshold) or not scores.complete:
        return float("nan")
    accepted = float((scores.attacks >= threshold).mean())
    refused = float((scores.live < threshold).mean())
    return (accepted + refused) / 2


def _mean_figure(name: str, drawn: Sequence[Drawn]) -> Figure:
    known = [one for one in drawn if not np.isnan(one.figures.by_name[name].value)]
    if not known:
        return Figure(float("nan"), UNTOLD)
    value = float(np.mean([one.figures.by_name[name].value for one in known]))
    columns = np.stack([one.replicates[:, one.names.index(name)] for one in known])
    counts = (~np.isnan(columns)).sum(axis=0)
    means = np.divide(np.nansum(columns, axis=0), counts, out=np.full(len(counts), np.nan), where=counts > 0)
    return Figure(value, _widened(percentiles(means), [one.figures.by_name[name].interval for one in known]))


def _widened(found: Interval, parts: Sequence[Interval]) -> Interval:
    """Where no resample of any source had an error: the means of the ends of the sources' own intervals."""
    if found.low < found.high:
        return found
    return Interval(float(np.mean([one.low for one in parts])), float(np.mean([one.high for one in parts])))
