"""Writes the files of an evaluation or a calibration: tables, charts, and a report that opens offline."""

import base64
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.charts import det_chart, histogram_chart, robustness_chart
from bonaface.evaluation.dataset import Sample
from bonaface.evaluation.report_tables import presets, separation, tables
from bonaface.evaluation.result import EvaluationResult, as_dict
from bonaface.evaluation.scoring import Scoring, Unscored
from bonaface.evaluation.tables import Table, as_csv
from bonaface.types import Preset


@dataclass(frozen=True, slots=True)
class Chart:
    """A PNG file by its name, with what it shows."""

    name: str
    title: str
    note: str
    png: bytes

    @property
    def base64(self) -> str:
        return base64.b64encode(self.png).decode()


@dataclass(frozen=True, slots=True)
class Page:
    """What a report says, in its order."""

    title: str
    lines: Sequence[str]
    notes: Sequence[str]
    charts: Sequence[Chart]
    tables: Sequence[Table]
    unreadable: Sequence[Unscored] = ()


def write_evaluation(result: EvaluationResult, folder: Path) -> None:
    """scores.csv, summary.json, sources.csv, tables, charts, report.html and figures.md into `folder`.

    Only scores.csv and report.html name files of the data set. Raises InvalidParameterError when the folder
    cannot be written.
    """
    page = Page(
        f"Error rates of {result.run.model}",
        _lines(result),
        result.notes,
        _charts(result),
        tables(result),
        result.scoring.unreadable,
    )
    summary = orjson.dumps(as_dict(result), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    write_page(page, folder)
    write_file(folder / "summary.json", summary)
    write_file(folder / "sources.csv", as_csv(separation(result)).encode())
    write_file(folder / "presets.csv", as_csv(presets(result)).encode())
    write_file(folder / "scores.csv", _scores(result.scoring, result.run.thresholds[result.run.preset]))


def write_page(page: Page, folder: Path) -> None:
    """report.html with everything in it, figures.md and the charts beside it."""
    environment = Environment(
        loader=PackageLoader("bonaface.evaluation"),
        autoescape=select_autoescape(("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = {
        name: getattr(page, name) for name in ("title", "lines", "notes", "charts", "tables", "unreadable")
    }
    for name in ("report.html", "figures.md"):
        text = environment.get_template(f"{name}.j2").render(shown)
        write_file(folder / name, text.rstrip().encode() + b"\n")
    for chart in page.charts:
        write_file(folder / chart.name, chart.png)


def write_file(path: Path, data: bytes) -> None:
    """Raises InvalidParameterError when the folder or the file cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise InvalidParameterError(f"{path} cannot be written: {error.strerror}.") from error


def _lines(result: EvaluationResult) -> list[str]:
    run, scoring = result.run, result.scoring
    thresholds = ", ".join(f"{preset} {run.thresholds[preset]:.4f}" for preset in Preset)
    return [
        f"PAD model {run.model}, detector {run.detector}, engine {run.engine}, seed {run.seed}. "
        f"Thresholds: {thresholds}; default preset {run.preset}.",
        f"{len(scoring.scored)} images scored by their largest face; in {len(scoring.no_face)} no face was "
        f"found; {len(scoring.unreadable)} could not be read. Rates follow ISO/IEC 30107-3; intervals are 95 "
        "% percentile bootstrap over whole subjects where the data set names them, else over images.",
    ]


def _charts(result: EvaluationResult) -> list[Chart]:
    sources, thresholds = result.sources, list(result.run.thresholds.values())
    charts = [
        Chart(
            "det.png",
            "Detection error trade-off",
            "BPCER against APCER over all thresholds, on probit axes; lower left is better. Rates under "
            "0.05 % are drawn at the edge.",
            det_chart(sources),
        ),
        Chart(
            "scores.png",
            "Scores",
            "Share of each class by score, high = bona fide; dashed lines are the thresholds of the presets.",
            histogram_chart(sources, thresholds),
        ),
    ]
    if result.flips:
        note = "Right verdicts that turn wrong under each change of the capture."
        charts.append(Chart("robustness.png", "Robustness", note, robustness_chart(result.flips)))
    return charts


_COLUMNS = (
    "path",
    "source",
    "label",
    "attack_type",
    "subject",
    "state",
    "faces",
    "log_odds",
    "score",
    "spoofing",
    "x0",
    "y0",
    "x1",
    "y1",
    "skin_angle",
)


def _scores(scoring: Scoring, threshold: float) -> bytes:
    """CSV, one row an image; spoofing as the default preset says."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in scoring.scored:
        box = one.face.box
        sides = [round(side, 2) for side in (box.x0, box.y0, box.x1, box.y1)]
        figures = [one.faces, round(one.log_odds, 6), round(one.score, 8), one.score < threshold]
        skin = "" if isnan(one.skin) else round(one.skin, 1)
        writer.writerow([*_told(one.sample), "scored", *figures, *sides, skin])
    for missed in (*scoring.no_face, *scoring.unreadable):
        writer.writerow([*_told(missed.sample), "no_face" if missed.readable else "unreadable"])
    return file.getvalue().encode()


def _told(sample: Sample) -> list[str]:
    return [sample.name, sample.source, sample.label.value, sample.kind, sample.subject]
