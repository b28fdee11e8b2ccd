"""docs/library.md has every public name of the package, and its code runs."""

import re
from pathlib import Path

import pytest

import bonaface
from conftest import ROOT

PAGE = (ROOT / "docs" / "library.md").read_text("utf-8")
EXAMPLE = "\n".join(re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("name", bonaface.__all__)
def test_each_public_name_is_there(name: str) -> None:
    code = [*re.findall(r"`([^`\n]+)`", PAGE), EXAMPLE]
    assert any(re.search(rf"\b{name}\b", each) for each in code)


def test_the_examples_run(
    portrait: bytes, models_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "selfie.jpg").write_bytes(portrait)
    names: dict[str, object] = {}
    exec(EXAMPLE, names)  # noqa: S102 - the page's own
    strict = names["strict"]
    assert isinstance(strict, bonaface.Analysis)
    assert len(strict.faces) == 1
    assert names["result"] == strict


@pytest.mark.parametrize("row", re.findall(r"^\| `((?:analysis|face)\..+?)` \|", PAGE, re.MULTILINE))
def test_each_member_of_a_result_is_one(row: str) -> None:
    kind = {"analysis": bonaface.Analysis, "face": bonaface.Face}
    parts = [part.strip("` ") for part in row.split(",")]
    owner = kind[parts[0].split(".")[0]]
    for part in parts:
        assert hasattr(owner, part.split(".")[1]), part
