"""`bonaface evaluate`: error rates of the pipeline on labelled images, with charts and a report."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import rich.table
import typer
from rich.markup import escape

from bonaface.cli.measurement import counter, measure, with_presets
from bonaface.cli.terminal import messages, output, progress
from bonaface.clock import utc_now
from bonaface.optional_dependencies import require_extra
from bonaface.settings import load_settings

if TYPE_CHECKING:
    from bonaface.analyzer import Analyzer
    from bonaface.evaluation.comparison import Comparison
    from bonaface.evaluation.result import EvaluationResult, Run
    from bonaface.evaluation.robustness import Flips
    from bonaface.evaluation.scoring import Scoring
    from bonaface.evaluation.tables import Table

Manifest = Annotated[
    str,
    typer.Argument(
        metavar="MANIFEST",
        help="CSV with path and label; LIVE_DIR:ATTACK_DIR; or a folder with both, or of a bulk job",
        show_default=False,
    ),
]
Limit = Annotated[
    int | None,
    typer.Option(
        min=1, help="use at most so many images, spread over sources and labels", show_default="all"
    ),
]
Seed = Annotated[int, typer.Option(help="of every random choice; the same seed gives the same figures")]


Out = Annotated[Path, typer.Option(metavar="DIR", help="folder for the report", show_default=False)]
PresetFile = Annotated[Path | None, typer.Option(metavar="TOML", help="presets made by `bonaface calibrate`")]
Robustness = Annotated[
    bool, typer.Option("--robustness", help="also try changed captures; a few minutes more")
]
Gallery = Annotated[
    bool, typer.Option("--gallery", help="show the worst mistakes of each kind in the page, as pictures")
]
Against = Annotated[
    str | None,
    typer.Option(
        metavar="OTHER",
        help="compare with another report's folder, its scores.csv, or another preset",
        show_default=False,
    ),
]


def evaluate(  # noqa: PLR0913 - one argument an option
    manifest: Manifest,
    out: Out,
    preset_file: PresetFile = None,
    limit: Limit = None,
    robustness: Robustness = False,
    gallery: Gallery = False,
    against: Against = None,
    seed: Seed = 1,
) -> None:
    """Measure how often attacks pass and bona fide faces are refused.

    Writes report.html, figures.md, summary.json, CSV tables and charts into DIR.
    """
    require_extra("evaluation")
    # Imported here: the other commands need not wait for numpy and the charts.
    from bonaface.evaluation.gallery import open_gallery
    from bonaface.evaluation.other_run import check_other_run
    from bonaface.evaluation.provenance import find_provenance
    from bonaface.evaluation.report import ReportParts, write_evaluation
    from bonaface.evaluation.result import find_result

    settings = with_presets(load_settings(), preset_file)
    if against is not None:
        check_other_run(against, settings.models.default_preset)
    found = measure(settings, manifest, limit, seed)
    run, scoring = found.run, found.scoring
    flips = _flips(found.analyzer, scoring, run) if robustness else ()
    with messages().status("computing the figures"):
        result = find_result(run, scoring, flips)
        compared = _compared(result, against)
        made = find_provenance(found.settings.models, manifest, found.sha256, sys.argv[1:], utc_now())
        pictures = open_gallery(found.analyzer, scoring.scored, run.thresholds) if gallery else None
        write_evaluation(result, out, ReportParts(made, compared, pictures))
    _print(result, compared, out)


def show_tables(tables: "Sequence[Table]", notes: Sequence[str]) -> None:
    """Tables on standard output, notes beside them on standard error."""
    for table in tables:
        shown = rich.table.Table(title=table.title)
        for name in table.header:
            shown.add_column(name, overflow="fold")
        for row in table.texts:
            shown.add_row(*map(escape, row))
        output().print(shown)
    for note in notes:
        messages().print(note, markup=False, soft_wrap=True)


def _flips(analyzer: "Analyzer", scoring: "Scoring", run: "Run") -> "Sequence[Flips]":
    from bonaface.evaluation.robustness import draw_right, run_suite

    threshold = run.thresholds[run.preset]
    right = draw_right(scoring.scored, threshold, run.seed)
    with progress() as bar:
        advance = counter(bar, "changing captures", len(right))
        return run_suite(analyzer, right, threshold, analyzer.settings.serving.workers, advance)


def _compared(result: "EvaluationResult", against: str | None) -> "Comparison | None":
    from bonaface.evaluation.comparison import compare
    from bonaface.evaluation.other_run import read_other_run

    return compare(result, read_other_run(against, result)) if against is not None else None


def _print(result: "EvaluationResult", compared: "Comparison | None", out: Path) -> None:
    from bonaface.evaluation.comparison_tables import comparison_tables
    from bonaface.evaluation.report_tables import headline

    more = comparison_tables(compared, result.run.preset) if compared else ()
    notes = (*result.notes, *(compared.notes if compared else ()))
    show_tables([headline(result), *more], notes)
    for one in result.scoring.unreadable:
        messages().print(f"{one.sample.name}: {one.message}", markup=False, soft_wrap=True)
    output().print(f"report: {out / 'report.html'}", markup=False, soft_wrap=True)
