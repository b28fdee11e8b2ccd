"""Reports go where they are to go, and complaints beside them."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bonaface.analysis import Analysis
from bonaface.cli.report import FileReport, Format, as_json, as_plain
from bonaface.cli.report_output import write_reports
from bonaface.errors import InvalidParameterError
from bonaface.types import Preset

GOOD = FileReport(Path("a.jpg"), analysis=Analysis(640, 480, Preset.STRICT, ()))
BAD = FileReport(Path("b.jpg"), code="invalid_image", message="Send a whole image.")
COMPLAINT = "bonaface: b.jpg: Send a whole image.\n"


def _reports() -> Iterator[FileReport]:
    yield from (GOOD, BAD)


def test_json_tells_errors_itself(capsys: pytest.CaptureFixture[str]) -> None:
    write_reports(_reports(), Format.JSON, None)
    assert capsys.readouterr() == (f"{as_json(GOOD)}\n{as_json(BAD)}\n", "")


def test_a_line_is_there_before_the_next_image_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    def watched() -> Iterator[FileReport]:
        yield GOOD
        assert capsys.readouterr().out.splitlines() == list(as_plain(GOOD))
        yield BAD

    write_reports(watched(), Format.PLAIN, None)
    assert capsys.readouterr().err == COMPLAINT


@pytest.mark.parametrize("format_", [Format.TABLE, Format.CSV, Format.PLAIN])
def test_text_goes_into_a_file_and_complaints_to_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], format_: Format
) -> None:
    write_reports(_reports(), format_, tmp_path / "out")
    text = (tmp_path / "out").read_text("utf-8")
    assert all(name in text for name in ("a.jpg", "b.jpg"))
    assert capsys.readouterr() == ("", COMPLAINT)


def test_parquet_is_a_file(tmp_path: Path) -> None:
    write_reports(_reports(), Format.PARQUET, tmp_path / "out")
    assert pq.read_table(tmp_path / "out")["path"].to_pylist() == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize("format_", [Format.PLAIN, Format.PARQUET])
def test_where_it_cannot_be_written_nothing_is_checked(tmp_path: Path, format_: Format) -> None:
    with pytest.raises(InvalidParameterError, match=r"cannot be written \(No such file or directory\)"):
        write_reports(iter(()), format_, tmp_path / "none" / "out")
