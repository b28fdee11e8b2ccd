"""`bonaface check`: the verdict on image files, as a table, plain lines, JSON, CSV or parquet."""

import sys
import tempfile
import time
import webbrowser
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bonaface.cli.image_paths import STANDARD_INPUT, find_images
from bonaface.cli.output_file import require_parquet
from bonaface.cli.report import ATTACK, BONA_FIDE, ERROR, NO_FACE, FileReport, Format
from bonaface.cli.report_output import write_reports
from bonaface.cli.terminal import messages, output, progress
from bonaface.errors import BonafaceError, InvalidParameterError
from bonaface.settings import Settings, load_settings
from bonaface.types import Preset

if TYPE_CHECKING:
    from bonaface.analyzer import Analyzer

ALL_BONA_FIDE, ATTACK_FOUND, FAILED = 0, 1, 2
SHEET = (".html", ".htm")
"""Endings of a contact sheet."""
NO_IMAGES = "there is no PNG or JPEG file in this folder."
NO_MEMORY = "there is not enough memory for this image; try fewer --jobs."
UNEXPECTED = "{kind}: bonaface failed on this file; please report it."
ONE_FILE = "{out} is one file, but there are {images} images; name a folder, or a page that ends in .html."

Pictured = tuple[FileReport, bytes | None]
"""A report, and the small picture for a contact sheet, if there is to be one."""


Images = Annotated[
    list[str],
    typer.Argument(
        metavar="IMAGE...",
        help="PNG or JPEG files, folders, patterns, or - for standard input",
        show_default=False,
    ),
]
Sensitivity = Annotated[Preset | None, typer.Option(help="sensitivity of the verdicts")]
Jobs = Annotated[int | None, typer.Option(min=1, max=1024, help="images at once", show_default="one a core")]
Written = Annotated[
    Format | None,
    typer.Option("--format", help="how results are written", show_default="table on a terminal, else plain"),
]
AsJson = Annotated[bool, typer.Option("--json", help="the same as --format json")]
Out = Annotated[Path | None, typer.Option(metavar="FILE", help="where results go instead of standard output")]
Drawing = Annotated[
    Path | None,
    typer.Option(
        "--draw",
        metavar="TO",
        help="draw the verdicts: into a .png, .jpg or .webp file, a folder, or a contact sheet (.html)",
    ),
]
Heatmaps = Annotated[
    Path | None,
    typer.Option(
        "--heatmap",
        metavar="DIR",
        help="draw what the scores go by into this folder (docs/heatmap.md); slow",
    ),
]
Shown = Annotated[bool, typer.Option("--open", help="show a contact sheet in the browser")]
FaceRequired = Annotated[bool, typer.Option("--require-face", help="an image without a face is an error")]


@dataclass(frozen=True, slots=True)
class _Request:
    images: Sequence[Path]
    preset: Preset | None
    drawing: Path | None
    heatmaps: Path | None = None

    @property
    def sheet(self) -> Path | None:
        """Where the contact sheet goes."""
        return self.drawing if self.drawing is not None and self.drawing.suffix.lower() in SHEET else None

    @property
    def is_folder(self) -> bool:
        """Whether a picture of each image goes into a folder."""
        if self.drawing is None or self.sheet is not None:
            return False
        return len(self.images) != 1 or self.drawing.is_dir() or not self.drawing.suffix

    def target(self, index: int) -> Path | None:
        """The file that the image is drawn into: as it is named; or numbered in a folder."""
        if self.drawing is None or self.sheet is not None:
            return None
        return self.numbered(self.drawing, index) if self.is_folder else self.drawing

    def numbered(self, folder: Path, index: int) -> Path:
        """The file of the image in a folder of pictures."""
        image = self.images[index]
        suffix = ".jpg" if image.suffix.lower() in (".jpg", ".jpeg") else ".png"
        number = f"{index + 1:0{len(str(len(self.images)))}}"
        return folder / f"{number}-{image.stem.lstrip('-') or 'stdin'}{suffix}"


def check(  # noqa: PLR0913 - one an option
    images: Images,
    preset: Sensitivity = None,
    jobs: Jobs = None,
    format_: Written = None,
    json: AsJson = False,
    out: Out = None,
    drawing: Drawing = None,
    heatmaps: Heatmaps = None,
    open_: Shown = False,
    require_face: FaceRequired = False,
) -> None:
    """Tell bona fide faces from presentation attacks in image files.

    Exit status: 0 when every face found is bona fide, 1 when there is an attack presentation, 2 when an
    image could not be checked (2 wins over 1). An image without a face is no error unless --require-face.
    """
    settings = load_settings()
    chosen = _format(Format.JSON if json else format_, out)
    if open_ and drawing is None:
        drawing = Path(tempfile.mkdtemp(prefix="bonaface-")) / "contact-sheet.html"
    request = _Request(find_images(images), preset, drawing, heatmaps)
    _prepare(request)
    began = time.perf_counter()
    counts: Counter[str] = Counter()
    with _sheet_of(request, open_) as add:
        reports = _counted(_check_all(request, settings, jobs), counts, add)
        write_reports(reports, chosen, out)
    if len(request.images) > 1:
        messages().print(_summary(counts, time.perf_counter() - began), markup=False, soft_wrap=True)
    raise typer.Exit(_exit_status(counts, require_face))


def _format(wanted: Format | None, out: Path | None) -> Format:
    """How to write. Raises InvalidParameterError or ConfigurationError before anything is done in vain."""
    if wanted is Format.PARQUET:
        require_parquet(out)
    is_watched = out is None and output().is_terminal
    return wanted or (Format.TABLE if is_watched else Format.PLAIN)


def _prepare(request: _Request) -> None:
    """Make the folders of pictures. Raises InvalidParameterError for a file in which nothing can be drawn."""
    drawing = request.drawing
    if request.heatmaps is not None:
        _make_folder(request.heatmaps)
    if drawing is None or request.sheet is not None:
        return
    if not request.is_folder:
        from bonaface.drawing import check_suffix

        check_suffix(drawing.suffix)
        return
    if drawing.suffix.lower() in (".png", ".jpg", ".jpeg", ".webp") and not drawing.is_dir():
        raise InvalidParameterError(ONE_FILE.format(out=drawing, images=len(request.images)))
    _make_folder(drawing)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidParameterError(f"{folder} cannot be made ({error.strerror}); name another.") from error


@contextmanager
def _sheet_of(request: _Request, is_shown: bool) -> Iterator[Callable[[Pictured], None]]:
    """What is told of each result; the contact sheet is written at the end."""
    if request.sheet is None:
        if is_shown:
            raise InvalidParameterError(
                "--open shows a contact sheet; give --draw a name that ends in .html."
            )
        yield lambda _: None
        return
    from bonaface.cli.contact_sheet import write_contact_sheet

    pictures: list[Pictured] = []
    yield pictures.append
    try:
        write_contact_sheet(pictures, request.sheet)
    except OSError as error:
        raise InvalidParameterError(f"{request.sheet} cannot be written ({error.strerror}).") from error
    messages().print(f"contact sheet: {request.sheet}", markup=False, soft_wrap=True)
    if is_shown:
        webbrowser.open(request.sheet.resolve().as_uri())


def _check_all(request: _Request, settings: Settings, jobs: int | None) -> Iterator[Pictured]:
    # Imported here: the other commands need not wait for the libraries of images.
    from bonaface.analyzer import Analyzer
    from bonaface.runtime.ordered_map import ordered_map

    jobs = min(jobs or settings.serving.workers, max(1, len(request.images)))
    with messages().status("loading the models"):
        analyzer = Analyzer(settings, lanes=jobs)
    results = ordered_map(partial(_check_one, analyzer, request), range(len(request.images)), jobs)
    with progress() as bar:
        yield from bar.track(results, total=len(request.images), description="checking")


def _check_one(analyzer: "Analyzer", request: _Request, index: int) -> Pictured:
    """The report of one image, whatever it holds: no file ends the run."""
    path = request.images[index]
    try:
        return _checked(analyzer, request, index)
    except BonafaceError as error:
        return FileReport(path, code=error.code, message=str(error)), None
    except IsADirectoryError:
        return FileReport(path, code="no_images", message=NO_IMAGES), None
    except OSError as error:
        return FileReport(
            path, code="unreadable_file", message=f"{error.strerror or 'cannot be read'}."
        ), None
    except MemoryError:
        return FileReport(path, code="out_of_memory", message=NO_MEMORY), None
    except Exception as error:  # noqa: BLE001 - the others are still to be checked
        message = UNEXPECTED.format(kind=type(error).__name__)
        return FileReport(path, code="internal_error", message=message), None


def _checked(analyzer: "Analyzer", request: _Request, index: int) -> Pictured:
    path, target = request.images[index], request.target(index)
    image = _standard_input(analyzer) if path == STANDARD_INPUT else path
    analysis = analyzer.analyze(image, request.preset, heatmap=request.heatmaps is not None)
    report = FileReport(path, analysis=analysis)
    if target is None and request.sheet is None and request.heatmaps is None:
        return report, None
    drawing = analysis.draw(image)
    if request.heatmaps is not None:
        drawing.save(request.numbered(request.heatmaps, index))
    if target is not None:
        drawing.save(target)
    if request.sheet is None:
        return report, None
    from bonaface.cli.contact_sheet import thumbnail

    return report, thumbnail(drawing)


def _standard_input(analyzer: "Analyzer") -> bytes:
    """Its bytes, one more than an image may have at most."""
    return sys.stdin.buffer.read(analyzer.settings.images.max_bytes + 1)


def _counted(
    results: Iterable[Pictured], counts: Counter[str], add: Callable[[Pictured], None]
) -> Iterator[FileReport]:
    """The reports; what they say is counted on the way, and complaints are told."""
    for result in results:
        report = result[0]
        counts[report.verdict] += 1
        add(result)
        yield report


def _summary(counts: Counter[str], seconds: float) -> str:
    total = counts.total()
    parts = (
        (BONA_FIDE, "bona fide"),
        (ATTACK, "with an attack"),
        (NO_FACE, "without a face"),
        (ERROR, "not checked"),
    )
    told = ", ".join(f"{counts[verdict]:,} {words}" for verdict, words in parts if counts[verdict])
    return f"{total:,} images: {told}; {seconds:.1f} s"


def _exit_status(counts: Counter[str], require_face: bool) -> int:
    if counts[ERROR] or (require_face and counts[NO_FACE]):
        return FAILED
    return ATTACK_FOUND if counts[ATTACK] else ALL_BONA_FIDE
