"""What `bonaface calibrate` says about its fit, as a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from bonaface.evaluation.calibrate import CAP, Fit
from bonaface.evaluation.charts import reliability_chart
from bonaface.evaluation.cross_validation import CrossValidation, Expected, Unseen, mean_rates
from bonaface.evaluation.metrics import (
    Curve,
    OperatingPoint,
    equal_error,
    mean_curve,
    operating,
    pooled_curve,
)
from bonaface.evaluation.reliability import bins, brier, expected_error
from bonaface.evaluation.report_page import Chart, Page
from bonaface.evaluation.scoring import Unscored
from bonaface.evaluation.sources import MEASURE, Source
from bonaface.evaluation.tables import Cell, Table
from bonaface.types import Preset

SUBJECTS = 10
"""Fewer say little about people who were not there."""

RANKED_FROM = 5
"""Images of each class from which on a source's EER enters a mean."""

_USUAL, _CROPS, _MEASURED = "sources left out", "crops left out", f"{MEASURE} sources left out"

LEVELS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
"""Error rates whose thresholds the table of thresholds shows."""


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """Sources, a fit to them, and what it does on captures that it did not see."""

    sources: Sequence[Source]
    fit: Fit
    validation: CrossValidation
    expected: dict[Preset, Expected]


def calibration_page(report: CalibrationReport, model: str, unreadable: Sequence[Unscored] = ()) -> Page:
    """The fit, its thresholds, the reliability diagram, and what presets do on what they did not see."""
    platt, unit = report.fit.presets.platt, report.validation.unit
    found = bins(report.validation.judged)
    error, squared = expected_error(found), brier(report.validation.judged)
    lines = [
        f"score = sigmoid({platt.slope:.4f} x log-odds + {platt.offset:.4f}), fitted to "
        f"{sum(len(one.scores.values) for one in report.sources)} scored images; "
        f"{sum(sum(one.counts.no_face.values()) for one in report.sources)} without a face and "
        f"{len(unreadable)} unreadable ones are left out. Every source weighs the same, and each class half.",
        f"Each {unit} left out of its fit in turn: expected calibration error {error:.3f}, "
        f"Brier score {squared:.3f}.",
    ]
    chart = Chart(
        "reliability.png",
        "Reliability",
        f"Scores from fits that did not see the {unit}; on the diagonal a score is a probability. "
        "Sources and classes weigh as in the fit; numbers count images.",
        reliability_chart(found),
    )
    return Page(
        f"Calibration of {model}", lines, notes(report), [chart], calibration_tables(report), unreadable
    )


def calibration_tables(report: CalibrationReport) -> list[Table]:
    """Presets, what they do on sources left out, and thresholds to choose from."""
    made = [_presets(report)]
    if report.validation.unit == "source":
        made += [_spread(report), _left_out(report)]
    return [*made, _thresholds(report)] if report.validation.unseen else made


def notes(report: CalibrationReport) -> list[str]:
    """What a reader must know: thresholds out of order, and claims that the data are too few for."""
    said = [
        f"By its own rule the threshold of {preset} would lie on the wrong side of balanced; it was set to "
        "balanced, so that a stricter preset never accepts more."
        for preset in report.fit.presets.clamped
    ]
    if not report.validation.unseen:
        said.append("There are too few images to leave any out: what the presets do elsewhere is not known.")
    elif report.validation.unit != "source":
        said.append("There is one source with both classes; what presets do on another camera is not known.")
    return said + _too_few(report)


def _too_few(report: CalibrationReport) -> list[str]:
    """The rule of three: a rate of at most p is only told from none by 3 / p presentations or more."""
    rules, sets = report.fit.rules, [one.scores for one in report.sources]
    live = sum(int(one.bona_fide.sum()) for one in sets)
    attacks = sum(int((~one.bona_fide).sum()) for one in sets)
    claims = (
        (Preset.WEAK, "BPCER", rules.weak_bpcer, live, "bona fide images"),
        (Preset.STRICT, "APCER", rules.strict_apcer, attacks, "attacks"),
    )
    said = [
        f"{count} {what} are too few to claim {rate} {limit:.1%} for {preset}; it takes {ceil(3 / limit)}."
        for preset, rate, limit, count, what in claims
        if limit and count < 3 / limit
    ]
    people = sum(_subjects(one) for one in report.sources)
    if 0 < people < SUBJECTS:
        said.append(f"{people} subjects say little about other people; use {SUBJECTS} at least.")
    return said


def _subjects(source: Source) -> int:
    """Named people of a source; none where nobody is named."""
    every = np.ones(len(source.scores.values), dtype=np.bool_)
    return source.resampler.units(every) if source.resampler.unit == "subject" else 0


def _presets(report: CalibrationReport) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for preset, threshold in report.fit.presets.thresholds.items():
        interval = report.fit.intervals[preset]
        rates: tuple[Cell, ...] = ("–", "–", "–")
        if preset in report.expected:
            at = report.expected[preset]
            rates = (at.apcer, at.bpcer, at.acer)
        rows.append((preset, f"{threshold:.4f}", f"{interval.low:.4f} to {interval.high:.4f}", *rates))
    return Table(
        "Presets",
        f"Thresholds with 95 % bootstrap intervals, and the error rates on each {report.validation.unit} "
        "left out of its fit, per cent with 95 % intervals: means over sources, APCER of the worst kind.",
        ("preset", "threshold", "interval", "APCER", "BPCER", "ACER"),
        tuple(rows),
    )


def _spread(report: CalibrationReport) -> Table:
    """Mean, 90th percentile and worst over sources left out; of `measure` sources the mean alone."""
    groups: dict[str, list[Unseen]] = {}
    for one in report.validation.unseen:
        groups.setdefault(_group(one), []).append(one)
    rows = [
        _spread_row(name, preset, groups[name])
        for name in (_USUAL, _CROPS, _MEASURED)
        if name in groups
        for preset in Preset
    ]
    return Table(
        "Presets on sources left out",
        "Per cent, over sources that the threshold was not chosen with: means; the rate that nine sources in "
        "ten keep; the worst (of at least 15 images of the class). EER: mean over sources of at least "
        f"{RANKED_FROM} images a class. Balanced keeps BPCER to {CAP:.0%} on the sources that chose it.",
        (
            "",
            "preset",
            "sources",
            "EER",
            "ACER",
            "APCER",
            "nine in ten",
            "worst",
            "BPCER",
            "nine in ten ",
            "worst ",
        ),
        tuple(rows),
    )


def _group(one: Unseen) -> str:
    """Which rows of the table of spreads a source is in."""
    if one.source.use == MEASURE:
        return _MEASURED
    return _USUAL if one.source.scores.capped else _CROPS


def _spread_row(name: str, preset: Preset, unseen: Sequence[Unseen]) -> tuple[Cell, ...]:
    at = [one.operating(preset) for one in unseen]
    apcer, bpcer = mean_rates(at)
    attacks = _tail([o.apcer for o, u in zip(at, unseen, strict=True) if (~u.scores.bona_fide).sum() >= 15])
    lives = _tail([o.bpcer for o, u in zip(at, unseen, strict=True) if u.scores.bona_fide.sum() >= 15])
    if name == _MEASURED:
        attacks = lives = (float("nan"), float("nan"))
    ranked = _mean([_eer(one) for one in unseen if _ranked(one)])
    return name, preset, len(unseen), ranked, (apcer + bpcer) / 2, apcer, *attacks, bpcer, *lives


def _ranked(one: Unseen) -> bool:
    """Whether its images are enough for an EER of its own to say anything."""
    live = int(one.scores.bona_fide.sum())
    return min(live, len(one.scores.bona_fide) - live) >= RANKED_FROM


def _eer(one: Unseen) -> float:
    """Pooled over kinds of attack; NaN when a class is empty."""
    return equal_error(pooled_curve(one.scores))[0]


def _tail(rates: Sequence[float]) -> tuple[float, float]:
    known = [rate for rate in rates if not np.isnan(rate)]
    return (float(np.quantile(known, 0.9)), max(known)) if known else (float("nan"), float("nan"))


def _left_out(report: CalibrationReport) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for one in report.validation.unseen:
        at: list[OperatingPoint] = [one.operating(preset) for preset in Preset]
        counts = int(one.scores.bona_fide.sum()), int((~one.scores.bona_fide).sum())
        rows.append((one.source.name, *counts, _eer(one), *(rate for o in at for rate in (o.apcer, o.bpcer))))
    return Table(
        "Each source left out",
        "Per cent: score and presets fitted to all other sources, then applied to this one. This is what to "
        "expect of captures of another kind. EER: at the threshold that suits this source best.",
        (
            "source",
            "bona fide",
            "attacks",
            "EER",
            *(f"{preset} {rate}" for preset in Preset for rate in ("APCER", "BPCER")),
        ),
        tuple(rows),
    )


def _thresholds(report: CalibrationReport) -> Table:
    """Thresholds to choose from, with cross-validated rates at each."""
    sets = [one.scores for one in report.validation.unseen]
    curve = mean_curve(sets, worst=True)
    kinds = sorted({kind for one in sets for kind in one.by_kind()})
    rows: list[tuple[Cell, ...]] = []
    for place in _choices(curve):
        at = [operating(one, float(curve.thresholds[place])) for one in sets]
        by_kind = [_mean([one.by_kind[kind] for one in at if kind in one.by_kind]) for kind in kinds]
        rates = float(curve.apcer[place]), float(curve.bpcer[place])
        rows.append((f"{curve.thresholds[place]:.4f}", *rates, *by_kind))
    return Table(
        "Thresholds to choose from",
        "Per cent, means over sources, on scores that were calibrated without the image: write one into the "
        "presets file in place of a preset's.",
        ("threshold", "APCER (worst kind)", "BPCER", *(f"APCER {kind}" for kind in kinds)),
        tuple(rows),
    )


def _choices(curve: Curve) -> list[int]:
    """Places of the thresholds at which an error rate reaches one of `LEVELS`, rising."""
    places = [np.nonzero(curve.bpcer <= level)[0] for level in LEVELS]
    last = {int(found[-1]) for found in places if len(found)}
    places = [np.nonzero(curve.apcer <= level)[0] for level in LEVELS]
    first = {int(found[0]) for found in places if len(found)}
    return [place for place in sorted(last | first) if np.isfinite(curve.thresholds[place])]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
