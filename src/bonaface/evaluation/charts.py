"""Charts as PNG files. They show curves and bars, never an image of a data set."""

import io
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure as Canvas

from bonaface.evaluation.metrics import Floats, ScoreSet, accepted, pooled_curve, refused
from bonaface.evaluation.reliability import Bin
from bonaface.evaluation.robustness import Flips
from bonaface.evaluation.sources import Source
from bonaface.types import Preset

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BONA_FIDE, ATTACK = "#1b6ca8", "#d1495b"
_TICKS = (0.001, 0.01, 0.05, 0.1, 0.2, 0.4)
_LIMITS = (0.0005, 0.6)
_MARKS = ("o", "s", "^")

Thresholds = Mapping[Preset, float]
"""Of each preset."""


def det_chart(sources: Sequence[Source], thresholds: Thresholds) -> bytes:
    """Detection error trade-off of every source with both classes, attacks pooled; presets are marked."""
    named = [(one.name, one.scores) for one in sources if one.scores.complete]
    return _det(named, thresholds, "APCER, all kinds pooled (%)")


def kinds_chart(scores: ScoreSet, thresholds: Thresholds) -> bytes:
    """The same of each kind of attack beside all bona fide presentations."""
    named = []
    for kind in scores.by_kind() if scores.complete else ():
        rows = np.nonzero(scores.bona_fide | (scores.kinds == kind))[0]
        named.append((kind, scores.take(rows)))
    return _det(named, thresholds, "APCER of the kind (%)")


def histogram_chart(sources: Sequence[Source], thresholds: Thresholds) -> bytes:
    """Scores of both classes, one panel a source; dashed lines are the thresholds of the presets."""
    columns = min(len(sources), 3)
    lines = -(-len(sources) // columns)
    canvas = Canvas(figsize=(4 * columns, 2.2 * lines + 0.6), layout="constrained")
    panels = canvas.subplots(lines, columns, squeeze=False, sharex=True).ravel()
    for axes, source in zip(panels, sources, strict=False):
        _histogram(axes, source.scores, thresholds)
        axes.set_title(source.name, fontsize=9)
    for axes in panels[len(sources) :]:
        axes.set_visible(False)
    canvas.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    return _png(canvas)


def reliability_chart(found: Sequence[Bin]) -> bytes:
    """Share of bona fide images over the mean score; the diagonal is right. Numbers count images."""
    canvas, axes = _canvas(5.5, 5.5)
    scores, shares = [one.score for one in found], [one.bona_fide for one in found]
    axes.plot([0, 1], [0, 1], color="0.8", linewidth=1)
    axes.plot(scores, shares, marker="o", color=BONA_FIDE)
    for one in found:
        place = (one.score, one.bona_fide)
        axes.annotate(str(one.count), place, xytext=(5, -10), textcoords="offset points", fontsize=7)
    axes.set(xlim=(0, 1), ylim=(-0.02, 1.02), xlabel="mean score, each fold left out of its fit")
    axes.set_ylabel("share of bona fide images")
    return _png(canvas)


def robustness_chart(flips: Sequence[Flips]) -> bytes:
    """Flips of right verdicts under each change, with intervals."""
    canvas, axes = _canvas(7, 0.22 * len(flips) + 1)
    shown = [one for one in flips if one.count]
    rates = np.array([100 * one.flips.value for one in shown])
    low = rates - [100 * one.flips.interval.low for one in shown]
    high = [100 * one.flips.interval.high for one in shown] - rates
    axes.barh(range(len(shown)), rates, xerr=np.stack([low, high]), color=BONA_FIDE, ecolor="0.4")
    axes.set_yticks(range(len(shown)), [f"{one.family} {one.level}" for one in shown], fontsize=7)
    axes.invert_yaxis()
    axes.set_xlabel("right verdicts that flip (%)")
    return _png(canvas)


def _canvas(width: float, height: float) -> "tuple[Canvas, Axes]":
    canvas = Canvas(figsize=(width, height), layout="constrained")
    return canvas, canvas.add_subplot()


def _det(named: Sequence[tuple[str, ScoreSet]], thresholds: Thresholds, label: str) -> bytes:
    """A curve for each of the names on probit axes; a mark of its own for each preset."""
    canvas, axes = _canvas(8, 7)
    for place, (name, scores) in enumerate(named):
        curve = pooled_curve(scores)
        line = axes.plot(
            _probit(curve.apcer),
            _probit(curve.bpcer),
            label=name,
            linestyle=("-", "--", ":")[place // 10 % 3],
        )[0]
        for mark, at in zip(_MARKS, thresholds.values(), strict=False):
            x = _probit(accepted(scores.attacks, np.array([at])))
            y = _probit(refused(scores.live, np.array([at])))
            axes.plot(x, y, marker=mark, color=line.get_color(), markeredgecolor="0.2", markersize=6)
    for mark, preset in zip(_MARKS, thresholds, strict=False):
        axes.plot([], [], marker=mark, color="0.6", markeredgecolor="0.2", linestyle="", label=preset)
    ticks = _probit(np.array(_TICKS))
    axes.set_xticks(ticks, [f"{100 * tick:g}" for tick in _TICKS])
    axes.set_yticks(ticks, [f"{100 * tick:g}" for tick in _TICKS])
    axes.plot(ticks[[0, -1]], ticks[[0, -1]], color="0.8", linewidth=1, zorder=0)
    ends = _probit(np.array(_LIMITS))
    axes.set(xlim=tuple(ends), ylim=tuple(ends), xlabel=label, ylabel="BPCER (%)")
    if axes.get_legend_handles_labels()[0]:
        axes.figure.legend(loc="outside right upper", fontsize=8, frameon=False)
    return _png(canvas)


def _histogram(axes: "Axes", scores: ScoreSet, thresholds: Thresholds) -> None:
    edges = np.linspace(0, 1, 41)
    for values, name, colour in ((scores.live, "bona fide", BONA_FIDE), (scores.attacks, "attack", ATTACK)):
        weights = np.full(len(values), 100 / max(len(values), 1))
        axes.hist(values, bins=list(edges), weights=weights, label=name, color=colour, alpha=0.6)
    for place, (preset, threshold) in enumerate(thresholds.items()):
        axes.axvline(threshold, color="0.3", linewidth=0.8, linestyle="--")
        side = "right" if threshold > 0.5 else "left"
        at = (threshold, 0.94 - 0.12 * place)
        axes.annotate(preset, at, xycoords=("data", "axes fraction"), fontsize=7, ha=side)
    axes.set_ylabel("% of class", fontsize=8)


def _probit(rates: Floats) -> Floats:
    normal = NormalDist()
    return np.array([normal.inv_cdf(min(max(float(rate), _LIMITS[0]), 1 - _LIMITS[0])) for rate in rates])


def _png(canvas: Canvas) -> bytes:
    file = io.BytesIO()
    canvas.savefig(file, format="png", dpi=110, metadata={"Software": None})
    return file.getvalue()
