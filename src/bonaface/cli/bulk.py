"""`bonaface bulk`: the verdict on any number of images, in shards; whatever ends it, it can go on."""

import time
from contextlib import ExitStack, closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bonaface.bulk.columns import ERROR, VERDICTS, Format
from bonaface.cli.output_file import write_explained
from bonaface.cli.report import WORDS
from bonaface.cli.terminal import messages, output, progress
from bonaface.optional_dependencies import require_extra
from bonaface.settings import load_settings
from bonaface.types import Preset

if TYPE_CHECKING:
    from bonaface.bulk.process_pool import ProcessPool
    from bonaface.bulk.ray_data import RayRunner
    from bonaface.bulk.run import BulkRun
    from bonaface.settings import Settings


class RunnerName(StrEnum):
    """What judges."""

    PROCESSES = "processes"
    RAY = "ray"


FAILED = 2
INTERRUPTED = 130


Given = Annotated[
    str,
    typer.Argument(
        metavar="INPUT",
        help="folder, pattern, manifest (.csv, .parquet), tar of images, or a URL of any of them",
        show_default=False,
    ),
]
Out = Annotated[Path, typer.Option(metavar="DIR", help="folder of the job", show_default=False)]
Sensitivity = Annotated[Preset | None, typer.Option(help="sensitivity of the verdicts")]
Frames = Annotated[
    str | None,
    typer.Option(
        metavar="BY",
        help="judge the frames of a capture together: the manifest's column that names it, or `folder`",
        show_default=False,
    ),
]
Written = Annotated[Format, typer.Option("--format", help="of the output")]
Limit = Annotated[int | None, typer.Option(min=1, help="use the first so many", show_default="all")]
OfMachines = Annotated[str, typer.Option(metavar="I/N", help="the i-th of n parts, one a machine")]
Shard = Annotated[int, typer.Option(min=1, max=100_000, help="images of an output file")]
Jobs = Annotated[int | None, typer.Option(min=1, max=1024, help="images at once", show_default="one a core")]
Judging = Annotated[
    RunnerName, typer.Option(help="processes of this machine, or Ray: the cluster of RAY_ADDRESS")
]


def bulk(  # noqa: PLR0913 - one an option
    given: Given,
    out: Out,
    preset: Sensitivity = None,
    frames: Frames = None,
    format_: Written = Format.PARQUET,
    limit: Limit = None,
    part: OfMachines = "1/1",
    shard: Shard = 1000,
    jobs: Jobs = None,
    runner: Judging = RunnerName.PROCESSES,
) -> None:
    """Judge any number of images into Parquet or JSONL files, one row a face.

    Run again with the same DIR it goes on behind what is finished, whatever ended it. Exit status: 0 when
    every image has its rows, whatever they say; 2 when none could be judged, or the job could not go on.
    """
    # Imported here: the other commands need not wait for them.
    from bonaface.bulk.job import Request, make_job
    from bonaface.bulk.listing import Part
    from bonaface.bulk.run import open_run

    _require(format_, runner)
    settings, which = load_settings(), Part.parse(part)
    judged = preset or settings.models.default_preset
    request = Request(
        input=given, preset=judged, frames=frames, format=format_, limit=limit, part=part, shard=shard
    )
    folder = out if which.of == 1 else out / f"part-{which.number}-of-{which.of}"
    with write_explained(folder), ExitStack() as stack:
        with messages().status("listing the images"):
            run = stack.enter_context(open_run(make_job(settings, request), given, folder))
        _finish(run, settings, jobs, runner)
    if run.rows and run.verdicts[ERROR] == run.rows:
        raise typer.Exit(FAILED)


def _require(format_: Format, runner: RunnerName) -> None:
    """Raises ConfigurationError where an extra is missing."""
    if format_ is Format.PARQUET:
        require_extra("parquet", "--format parquet")
    if runner is RunnerName.RAY:
        require_extra("ray", "--runner ray")


def _finish(run: "BulkRun", settings: "Settings", jobs: int | None, name: RunnerName) -> None:
    done, began = run.finished, time.perf_counter()
    if done < run.listing.count:
        _told(
            f"{run.listing.count:,} images, {done:,} of them done"
            if done
            else f"{run.listing.count:,} images"
        )
        try:
            with closing(_runner(run, settings, jobs, name)) as runner, progress("images") as bar:
                task = bar.add_task("judging", total=run.listing.count, completed=done)
                run.finish(runner, lambda: bar.advance(task))
        except KeyboardInterrupt:
            _told("stopped; the same command goes on behind what is finished")
            raise typer.Exit(INTERRUPTED) from None
    _told(_summary(run, run.finished - done, time.perf_counter() - began))
    output().print(f"{run.folder}", markup=False, soft_wrap=True)


def _runner(
    run: "BulkRun", settings: "Settings", jobs: int | None, name: RunnerName
) -> "ProcessPool | RayRunner":
    from bonaface.bulk.work import Work

    work = Work(settings, run.job.request.preset, run.listing.root)
    if name is RunnerName.RAY:
        from bonaface.bulk.ray_data import RayRunner

        return RayRunner(work, jobs)
    from bonaface.bulk.process_pool import ProcessPool

    return ProcessPool(work, min(jobs or settings.serving.workers, run.listing.count - run.finished))


def _summary(run: "BulkRun", judged: int, seconds: float) -> str:
    """What all of the job came to, and how fast it was now."""
    rows = ", ".join(f"{run.verdicts[one]:,} {WORDS[one]}" for one in VERDICTS if run.verdicts[one])
    speed = f"; {judged:,} in {seconds:.1f} s, {judged / seconds:.1f} a second" if judged else ""
    return f"{run.finished:,} images, {run.rows:,} rows: {rows}{speed}"


def _told(sentence: str) -> None:
    messages().print(sentence, markup=False, soft_wrap=True)
