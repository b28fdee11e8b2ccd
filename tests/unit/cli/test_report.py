import json
from pathlib import Path

from rich.console import Console

from bonaface.analysis import Analysis
from bonaface.cli.report import FileReport, as_json, as_table
from bonaface.types import Box, Face, Landmarks, Point, Pose, Preset, Reason, Verdict

FACE = Face(
    box=Box(10.123, 20, 110, 140.456),
    landmarks=Landmarks(*(Point(x, x) for x in range(5))),
    confidence=0.98765432,
    pose=Pose(1.26, -2.34, 0.04),
    verdict=Verdict(0.1234567, spoofing=True),
    reasons=(Reason.TOO_SMALL, Reason.BLURRED),
)


def _text(*reports: FileReport) -> str:
    console = Console(width=200, record=True, file=None, quiet=True)
    with console.capture() as capture:
        console.quiet = False
        console.print(as_table(reports))
    return capture.get()


def test_json_is_the_path_and_the_result() -> None:
    analysis = Analysis(640, 480, Preset.STRICT, (FACE,))
    told = json.loads(as_json(FileReport(Path("a.jpg"), analysis=analysis)))
    assert told == {"path": "a.jpg", **analysis.to_dict()}


def test_json_of_an_error() -> None:
    line = as_json(FileReport(Path("a.jpg"), code="invalid_image", message="Send a whole image."))
    assert json.loads(line) == {
        "path": "a.jpg",
        "error": {"code": "invalid_image", "message": "Send a whole image."},
    }


def test_table_has_a_row_a_face_and_an_error() -> None:
    analysis = Analysis(640, 480, Preset.STRICT, (FACE, FACE))
    text = _text(
        FileReport(Path("a.jpg"), analysis=analysis), FileReport(Path("b.jpg"), code="invalid_image")
    )

    assert text.count("presentation attack") == 2
    assert "100 x 120 at 10, 20" in text
    assert "too_small, blurred" in text
    assert "error invalid_image" in text


def test_a_path_is_never_markup() -> None:
    assert "[red]a[/red].jpg" in _text(FileReport(Path("[red]a[/red].jpg"), code="invalid_image"))
