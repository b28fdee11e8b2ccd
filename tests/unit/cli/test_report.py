import csv
import io
import json
import os
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from rich.console import Console

from bonaface.analysis import Analysis
from bonaface.cli.report import (
    TYPES,
    FileReport,
    as_json,
    as_plain,
    as_rows,
    as_table,
    shortened,
    write_csv,
    write_parquet,
)
from bonaface.geometry import Box, Landmarks, Point
from bonaface.types import Face, Pose, Preset, Reason, Verdict

FACE = Face(
    box=Box(10.123, 20, 110, 140.456),
    landmarks=Landmarks(*(Point(x, x) for x in range(5))),
    confidence=0.98765432,
    pose=Pose(1.26, -2.34, 0.04),
    verdict=Verdict(0.1234567, spoofing=True),
    reasons=(Reason.TOO_SMALL, Reason.BLURRED),
)


ANALYSIS = Analysis(640, 480, Preset.STRICT, (FACE, replace(FACE, verdict=Verdict(0.9, spoofing=False))))
FACELESS = Analysis(640, 480, Preset.STRICT, ())
REPORTS = [
    FileReport(Path("a.jpg"), analysis=ANALYSIS),
    FileReport(Path("b.jpg"), analysis=FACELESS),
    FileReport(Path("c.jpg"), code="invalid_image", message="Send a whole image."),
]


def _text(*reports: FileReport, width: int = 200) -> str:
    console = Console(width=width, record=True, file=None, quiet=True)
    with console.capture() as capture:
        console.quiet = False
        console.print(as_table(reports, width))
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
    text = _text(*REPORTS)
    assert text.count("presentation attack") == 1
    assert text.count("100 x 120") == 2
    for part in ("bona fide", "0.900", "too small, blurred", "no face", "error", "invalid image"):
        assert part in text


@pytest.mark.parametrize("width", [80, 100])
def test_a_table_fits_and_names_keep_the_end_that_tells_them_apart(width: int) -> None:
    folder = Path("/a/folder/that/lies/deep/in/other/folders/of/the/data/set")
    reports = [FileReport(folder / f"person-{number}.jpg", analysis=ANALYSIS) for number in range(3)]
    lines = _text(*reports, FileReport(folder / "x.png", code="unsupported_format"), width=width).splitlines()
    assert max(map(len, lines)) <= width
    for number in range(3):
        assert sum(f"set/person-{number}.jpg" in line for line in lines) == 2
    assert any("unsupported" in line for line in lines)


def test_a_name_is_cut_only_where_a_table_would_be_too_wide() -> None:
    """The table of the README: 80 columns hold it."""
    sure = replace(FACE, reasons=())
    reports = [
        FileReport(Path(f"examples/{name}.png"), Analysis(640, 480, Preset.STRICT, (sure,))) for name in "ab"
    ]
    reports.append(FileReport(Path("examples/astronaut.png"), Analysis(640, 480, Preset.STRICT, (sure,))))
    lines = _text(*reports, width=80).splitlines()
    assert max(map(len, lines)) <= 80
    assert any("examples/astronaut.png" in line for line in lines)


def test_a_name_that_has_room_is_whole() -> None:
    assert shortened("a/b.jpg", 7) == "a/b.jpg"
    assert shortened("a/b.jpg", 6) == "…b.jpg"


def test_a_path_is_never_markup_nor_moves_the_cursor() -> None:
    assert "[red]a[/red].jpg" in _text(FileReport(Path("[red]a[/red].jpg"), code="invalid_image"))
    assert "a?[2Jb.jpg" in _text(FileReport(Path("a\x1b[2Jb.jpg"), code="invalid_image"))


def test_plain_lines_have_four_fields() -> None:
    lines = [line.split("\t") for report in REPORTS for line in as_plain(report)]
    assert lines == [
        ["a.jpg", "presentation attack", "0.123", "too_small,blurred"],
        ["a.jpg", "bona fide", "0.900", "too_small,blurred"],
        ["b.jpg", "no face", "", ""],
        ["c.jpg", "error", "", "invalid_image"],
    ]


def test_no_name_breaks_a_plain_line() -> None:
    (line,) = as_plain(FileReport(Path("a\tb\nc\\d.jpg"), code="x"))
    assert line == "a\\tb\\nc\\\\d.jpg\terror\t\tx"


def test_a_name_that_is_no_text_can_be_told() -> None:
    report = FileReport(Path(os.fsdecode(b"\xff.jpg")), code="x")
    assert report.name == "\\xff.jpg"
    assert json.loads(as_json(report))["path"] == "\\xff.jpg"


def test_csv_has_a_row_a_face_and_one_for_the_rest() -> None:
    file = io.StringIO()
    write_csv(REPORTS, file)
    rows = list(csv.DictReader(io.StringIO(file.getvalue())))
    assert [row["verdict"] for row in rows] == ["attack", "bona_fide", "no_face", "error"]
    assert [row["face"] for row in rows] == ["1", "2", "", ""]
    assert (rows[0]["x1"], rows[0]["liveness_score"], rows[0]["yaw"]) == ("110", "0.123457", "1.3")
    assert rows[0]["reasons"] == "too_small blurred"
    assert rows[3]["error_message"] == "Send a whole image."
    assert all(None not in row for row in rows)


def test_parquet_has_the_same_rows_with_types(tmp_path: Path) -> None:
    write_parquet(REPORTS, tmp_path / "a.parquet")
    rows = pq.read_table(tmp_path / "a.parquet").to_pylist()
    expected = [row for report in REPORTS for row in as_rows(report)]
    assert rows == [{name: row.get(name) for name in TYPES} for row in expected]


@pytest.mark.parametrize(
    ("report", "verdict"), list(zip(REPORTS, ["attack", "no_face", "error"], strict=True))
)
def test_the_verdict_of_a_file_is_its_worst(report: FileReport, verdict: str) -> None:
    assert report.verdict == verdict
    assert report.score == (0.1234567 if verdict == "attack" else None)
