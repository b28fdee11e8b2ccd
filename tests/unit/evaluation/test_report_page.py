from pathlib import Path

import pytest

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.report_page import Chart, Page, write_file, write_page
from bonaface.evaluation.tables import Table


def test_a_page_without_a_script_may_run_none(tmp_path: Path) -> None:
    table = Table("Fit", "Note.", ("", "a|b"), (("x", 0.5),))
    page = Page("Title", ["Line."], ["Note <1>."], [Chart("c.png", "Chart", "Of it.", b"png")], [table])
    write_page(page, tmp_path)
    text = (tmp_path / "report.html").read_text("utf-8")

    assert text.startswith("<!doctype html>\n")
    assert "script" not in text
    assert "Note &lt;1&gt;." in text
    assert '<td data-name="a|b">50.0</td>' in text
    assert "| x | 50.0 |" in (tmp_path / "figures.md").read_text("utf-8")
    assert (tmp_path / "c.png").read_bytes() == b"png"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidParameterError, match="cannot be written"):
        write_file(tmp_path / "file" / "x", b"")
