"""Each recipe of CONTRIBUTING.md can be followed; `tests/slow/test_contributing.py` follows them."""

import re
from pathlib import Path

import pytest

from conftest import ROOT
from support.docs.recipe import Edit, edits, section

PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
SETTING, ROUTE, NETWORK = "Add a setting", "Add an admin route", "Add a PAD network"


def test_each_block_of_a_recipe_has_its_place() -> None:
    for title, count in ((SETTING, 3), (ROUTE, 7), (NETWORK, 4)):
        text = section(PAGE, title)
        assert len(edits(text, {})) == text.count("```") // 2 == count


@pytest.mark.parametrize("title", [SETTING, ROUTE, NETWORK])
def test_each_place_of_a_recipe_is_there_once(title: str) -> None:
    places = [edit for edit in edits(section(PAGE, title), {}) if edit.line]
    assert places
    for edit in places:
        lines = (ROOT / edit.file).read_text("utf-8").splitlines()
        assert sum(edit.line in line for line in lines) == 1, edit


def test_a_line_that_is_there_twice_is_no_place(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("one\none\n")
    with pytest.raises(ValueError, match="too many values"):
        Edit("a.md", "after", "one", "two\n").make(tmp_path)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"make ([a-z][a-z-]+)", PAGE))))
def test_what_is_to_be_made_can_be_made(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.M)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", PAGE))))
def test_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).is_file()
