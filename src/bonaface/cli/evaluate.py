"""`bonaface evaluate`: error rates of the pipeline on labelled images, with charts and a report."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import rich.table
import typer
from rich.markup import escape
from rich.progress import Progress

from bonaface.cli.terminal import messages, output, progress
from bonaface.optional_dependencies import require_extra
from bonaface.settings import Settings, load_settings

if TYPE_CHECKING:
    from bonaface.analyzer import Analyzer
    from bonaface.evaluation.result import EvaluationResult, Run
    from bonaface.evaluation.robustness import Flips
    from bonaface.evaluation.scoring import Scoring
    from bonaface.evaluation.tables import Table

Manifest = Annotated[
    str,
    typer.Argument(
        metavar="MANIFEST",
        help="CSV with columns path and label; or LIVE_DIR:ATTACK_DIR; or a folder with bona_fide and attack",
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


def evaluate(
    manifest: Manifest,
    out: Annotated[Path, typer.Option(metavar="DIR", help="folder for the report", show_default=False)],
    preset_file: Annotated[
        Path | None, typer.Option(metavar="TOML", help="presets made by `bonaface calibrate`")
    ] = None,
    limit: Limit = None,
    robustness: Annotated[
        bool, typer.Option("--robustness", help="also try changed captures; a few minutes more")
    ] = False,
    seed: Seed = 1,
) -> None:
    """Measure how often attacks pass and bona fide faces are refused.

    Writes report.html, figures.md, summary.json, CSV tables and charts into DIR.
    """
    require_extra("evaluation")
    # Imported here: the other commands need not wait for numpy and the charts.
    from bonaface.evaluation.report import write_evaluation
    from bonaface.evaluation.result import find_result

    settings = with_presets(load_settings(), preset_file)
    analyzer, scoring = score(settings, manifest, limit, seed)
    run = describe(analyzer, seed)
    flips = _flips(analyzer, scoring, run) if robustness else ()
    with messages().status("computing the figures"):
        result = find_result(run, scoring, flips)
        write_evaluation(result, out)
    _print(result, out)


def with_presets(settings: Settings, path: Path | None) -> Settings:
    """The settings with another presets file where one is given."""
    if path is None:
        return settings
    return settings.model_copy(update={"models": settings.models.model_copy(update={"presets": path})})


def score(settings: Settings, manifest: str, limit: int | None, seed: int) -> "tuple[Analyzer, Scoring]":
    """Scores a data set with a progress bar; raises InvalidParameterError when no face could be scored."""
    from bonaface.analyzer import Analyzer
    from bonaface.errors import InvalidParameterError
    from bonaface.evaluation.dataset import limited, read_dataset
    from bonaface.evaluation.scoring import score_dataset

    samples = limited(read_dataset(manifest), limit, seed)
    workers = settings.serving.workers
    with messages().status("loading the models"):
        analyzer = Analyzer(settings, lanes=workers)
    with progress() as bar:
        scoring = score_dataset(analyzer, samples, workers, counter(bar, "scoring", len(samples)))
    if not scoring.scored:
        first = (*scoring.unreadable, *scoring.no_face)[0]
        raise InvalidParameterError(
            f"No image could be scored; the first, {first.sample.name}: {first.message}"
        )
    return analyzer, scoring


def counter(bar: Progress, description: str, total: int) -> Callable[[], None]:
    """What moves a progress bar by one, from any thread."""
    task = bar.add_task(description, total=total)
    return lambda: bar.advance(task)


def describe(analyzer: "Analyzer", seed: int) -> "Run":
    """What is being measured."""
    from bonaface.evaluation.result import Run

    models = analyzer.settings.models
    thresholds = analyzer.calibration.thresholds
    return Run(models.pad, models.detector, analyzer.engine, thresholds, models.default_preset, seed)


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


def _print(result: "EvaluationResult", out: Path) -> None:
    from bonaface.evaluation.report_tables import headline

    show_tables([headline(result)], result.notes)
    for one in result.scoring.unreadable:
        messages().print(f"{one.sample.name}: {one.message}", markup=False, soft_wrap=True)
    output().print(f"report: {out / 'report.html'}", markup=False, soft_wrap=True)
