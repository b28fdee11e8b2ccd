"""The file that results go to."""

from pathlib import Path

import pytest

from bonaface.cli.output_file import require_parquet, text_output, write_explained
from bonaface.errors import InvalidParameterError


def test_text_goes_into_the_file_or_to_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for out in (tmp_path / "out", None):
        with text_output(out) as file:
            file.write("einé\n")
    assert (tmp_path / "out").read_bytes() == "einé\n".encode()
    assert capsys.readouterr().out == "einé\n"


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    told = r"cannot be written \(No such file or directory\)"
    with pytest.raises(InvalidParameterError, match=told), text_output(tmp_path / "none" / "out"):
        pass
    with pytest.raises(InvalidParameterError, match="No space left on device"), write_explained(tmp_path):
        raise OSError(28, "No space left on device")


def test_parquet_needs_a_file(tmp_path: Path) -> None:
    require_parquet(tmp_path / "out")
    with pytest.raises(InvalidParameterError, match="parquet is not text"):
        require_parquet(None)
