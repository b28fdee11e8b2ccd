"""Writes the files of an evaluation: tables, charts, scores, and a page that opens offline."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from markupsafe import Markup

from bonaface.evaluation.charts import det_chart, histogram_chart, kinds_chart, robustness_chart
from bonaface.evaluation.comparison import Comparison
from bonaface.evaluation.comparison_tables import comparison_tables
from bonaface.evaluation.explorer import explorer_data, kinds_at, pooled, sources_at
from bonaface.evaluation.gallery import Mistakes
from bonaface.evaluation.provenance import Provenance, provenance_table
from bonaface.evaluation.report_page import Chart, Page, write_file, write_page
from bonaface.evaluation.report_tables import presets, separation, tables
from bonaface.evaluation.result import EvaluationResult, as_dict
from bonaface.evaluation.scores_file import write_scores
from bonaface.evaluation.tables import as_csv
from bonaface.types import Preset


@dataclass(frozen=True, slots=True)
class ReportParts:
    """What a report may have beside the figures. gallery: None = not asked for."""

    provenance: Provenance | None = None
    comparison: Comparison | None = None
    gallery: Sequence[Mistakes] | None = None


def write_evaluation(result: EvaluationResult, folder: Path, parts: ReportParts | None = None) -> None:
    """scores.csv, summary.json, sources.csv, presets.csv, charts, report.html and figures.md into `folder`.

    Only scores.csv and report.html name files of the data set. Raises InvalidParameterError when the folder
    cannot be written.
    """
    parts = parts or ReportParts()
    compared = comparison_tables(parts.comparison, result.run.preset) if parts.comparison else ()
    page = Page(
        f"Error rates of {result.run.model}",
        _lines(result),
        result.notes,
        _charts(result),
        (*tables(result), *compared),
        result.scoring.unreadable,
    )
    write_page(page, folder, "evaluation.html", "explorer.js", _shown(result, parts, page))
    for name, data in _data_files(result, parts).items():
        write_file(folder / name, data)


def _data_files(result: EvaluationResult, parts: ReportParts) -> dict[str, bytes]:
    summary = as_dict(result)
    if parts.provenance:
        summary["provenance"] = parts.provenance.as_dict
    if parts.comparison:
        summary["comparison"] = parts.comparison.as_dict
    return {
        "summary.json": orjson.dumps(summary, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE),
        "sources.csv": as_csv(separation(result)).encode(),
        "presets.csv": as_csv(presets(result)).encode(),
        "scores.csv": write_scores(result.scoring, result.run.thresholds[result.run.preset]),
    }


def _shown(result: EvaluationResult, parts: ReportParts, page: Page) -> dict[str, Any]:
    """What `templates/evaluation.html.j2` shows beside the page's own."""
    threshold = result.run.thresholds[result.run.preset]
    other = parts.comparison.other if parts.comparison else None
    return {
        "preset": result.run.preset,
        "kinds_at": kinds_at(pooled(result.sources), threshold),
        "sources_at": sources_at(result, threshold),
        "comparison": parts.comparison,
        "comparison_tables": page.tables[len(tables(result)) :],
        "own_tables": tables(result),
        "gallery": parts.gallery,
        "provenance": provenance_table(parts.provenance) if parts.provenance else None,
        "data": Markup(explorer_data(result, other)),  # noqa: S704 - it holds no `<`
    }


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
    sources, thresholds = result.sources, result.run.thresholds
    charts = [
        Chart(
            "det.png",
            "Detection error trade-off by source",
            "BPCER against APCER over all thresholds, on probit axes; lower left is better. The presets are "
            "marked. Rates under 0.05 % are drawn at the edge.",
            det_chart(sources, thresholds),
        ),
        Chart(
            "det_kinds.png",
            "Detection error trade-off by kind of attack",
            "The same for each kind beside all bona fide images, the images of all sources together.",
            kinds_chart(pooled(sources), thresholds),
        ),
        Chart(
            "scores.png",
            "Scores by source",
            "Share of each class by score, high = bona fide; dashed lines are the thresholds of the presets.",
            histogram_chart(sources, thresholds),
        ),
    ]
    if result.flips:
        note = "Right verdicts that turn wrong under each change of the capture."
        charts.append(Chart("robustness.png", "Robustness", note, robustness_chart(result.flips)))
    return charts
