"""What `bonaface calibrate` says about its fit, as a page."""

from bonaface.evaluation.calibrate import Fit
from bonaface.evaluation.charts import reliability_chart
from bonaface.evaluation.interval import Figure
from bonaface.evaluation.reliability import bins, brier, expected_error
from bonaface.evaluation.report import Chart, Page
from bonaface.evaluation.scoring import Scoring
from bonaface.evaluation.tables import Cell, Table
from bonaface.types import Preset


def calibration_page(fit: Fit, scoring: Scoring, model: str) -> Page:
    """The fit, its thresholds, the reliability diagram, and what presets do on sources left out."""
    platt = fit.presets.platt
    found = bins(fit.judged)
    error, squared = expected_error(found), brier(fit.judged)
    lines = [
        f"score = sigmoid({platt.slope:.4f} x log-odds + {platt.offset:.4f}), fitted to "
        f"{len(scoring.scored)} scored images; {len(scoring.no_face)} without a face and "
        f"{len(scoring.unreadable)} unreadable ones are left out. Every source weighs the same, "
        "and each class half.",
        f"Each {fit.folds} left out of its fit in turn: expected calibration error {error:.3f}, "
        f"Brier score {squared:.3f}.",
    ]
    chart = Chart(
        "reliability.png",
        "Reliability",
        f"Scores from fits that did not see the {fit.folds}; on the diagonal a score is a probability. "
        "Sources and classes weigh as in the fit; numbers count images.",
        reliability_chart(found),
    )
    return Page(
        f"Calibration of {model}", lines, notes(fit), [chart], calibration_tables(fit), scoring.unreadable
    )


def calibration_tables(fit: Fit) -> list[Table]:
    """The thresholds, and the sources left out where there are several."""
    made = [_thresholds(fit)]
    return [*made, _left_out(fit)] if fit.left_out else made


def notes(fit: Fit) -> list[str]:
    """What a reader must know about thresholds that the data put out of order, and about single sources."""
    said = [
        f"By its own rule the threshold of {preset} would lie on the wrong side of balanced; it was set to "
        "balanced, so that a stricter preset never accepts more."
        for preset in fit.presets.clamped
    ]
    if not fit.left_out:
        said.append(
            "There is one source with both classes; what presets do on a source left out is not known."
        )
    return said


def _thresholds(fit: Fit) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for preset, threshold in fit.presets.thresholds.items():
        at = fit.on_sources[preset]
        figure = Figure(threshold, fit.intervals[preset])
        low, high = figure.interval.low, figure.interval.high
        rows.append((preset, f"{threshold:.4f}", f"{low:.4f} to {high:.4f}", at.apcer, at.bpcer, at.acer))
    return Table(
        "Presets",
        "Thresholds with 95 % bootstrap intervals, and the error rates on the sources that they were fitted "
        "to, per cent: means over sources, APCER of the worst kind.",
        ("preset", "threshold", "interval", "APCER", "BPCER", "ACER"),
        tuple(rows),
    )


def _left_out(fit: Fit) -> Table:
    rates = ("APCER", "BPCER")
    rows: list[tuple[Cell, ...]] = [
        (
            one.source,
            *(
                rate
                for preset in Preset
                for rate in (one.by_preset[preset].apcer, one.by_preset[preset].bpcer)
            ),
        )
        for one in fit.left_out
    ]
    return Table(
        "Sources left out",
        "Per cent: score and presets fitted to all other sources, then applied to this one. This, not the "
        "table above, is what to expect of captures of another kind.",
        ("source", *(f"{preset} {rate}" for preset in Preset for rate in rates)),
        tuple(rows),
    )
