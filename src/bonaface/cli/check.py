"""`bonaface check`: the verdict on image files, as a table or as JSON lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bonaface.cli.report import FileReport, as_json, as_table
from bonaface.cli.terminal import complain, messages, output, progress
from bonaface.errors import BonafaceError
from bonaface.types import Preset

if TYPE_CHECKING:
    from bonaface.analyzer import Analyzer

ALL_BONA_FIDE, ATTACK_FOUND, FAILED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class _Request:
    images: Sequence[Path]
    preset: Preset | None
    drawing: Path | None


def check(
    images: Annotated[list[Path], typer.Argument(help="PNG or JPEG files", show_default=False)],
    preset: Annotated[Preset | None, typer.Option(help="sensitivity of the verdicts")] = None,
    json: Annotated[bool, typer.Option("--json", help="print one JSON object a line")] = False,
    drawing: Annotated[
        Path | None,
        typer.Option("--draw", metavar="OUT", help="write the image with its verdicts to this file"),
    ] = None,
    require_face: Annotated[
        bool, typer.Option("--require-face", help="an image without a face is an error")
    ] = False,
) -> None:
    """Tell bona fide faces from presentation attacks in image files.

    Exit status: 0 when every face found is bona fide, 1 when there is an attack presentation, 2 when an
    image could not be checked (2 wins over 1). An image without a face is no error unless --require-face.
    With several images, --draw names a folder.
    """
    request = _Request(images, preset, drawing)
    reports: list[FileReport] = []
    for report in _check_all(request):
        reports.append(report)
        if json:
            typer.echo(as_json(report))
    if not json:
        output().print(as_table(reports))
        for report in reports:
            if report.message:
                complain(f"{report.path}: {report.message}")
    raise typer.Exit(_exit_status(reports, require_face))


def _check_all(request: _Request) -> Iterator[FileReport]:
    # Imported here: the other commands need not wait for the libraries of images.
    from bonaface.analyzer import Analyzer

    with messages().status("loading the models"):
        analyzer = Analyzer()
    with progress() as bar:
        for index in bar.track(range(len(request.images)), description="checking"):
            yield _check_one(analyzer, index, request)


def _check_one(analyzer: "Analyzer", index: int, request: _Request) -> FileReport:
    path = request.images[index]
    try:
        analysis = analyzer.analyze(path, request.preset)
        if request.drawing is not None:
            analysis.draw(path).save(_target(request.drawing, index, request.images))
    except BonafaceError as error:
        return FileReport(path, code=error.code, message=str(error))
    except OSError as error:
        return FileReport(path, code="unreadable_file", message=f"{error.strerror or 'cannot be read'}.")
    return FileReport(path, analysis=analysis)


def _target(drawing: Path, index: int, images: Sequence[Path]) -> Path:
    """The file to draw into; numbered in a folder when there are several images."""
    if len(images) == 1:
        return drawing
    drawing.mkdir(parents=True, exist_ok=True)
    return drawing / f"{index + 1:0{len(str(len(images)))}}-{images[index].stem}.png"


def _exit_status(reports: Sequence[FileReport], require_face: bool) -> int:
    analyses = [report.analysis for report in reports if report.analysis]
    if len(analyses) < len(reports) or (require_face and not all(found.faces for found in analyses)):
        return FAILED
    attack = any(face.spoofing for found in analyses for face in found.faces)
    return ATTACK_FOUND if attack else ALL_BONA_FIDE
