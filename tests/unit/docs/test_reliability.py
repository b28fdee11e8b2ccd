"""docs/reliability.md names tests that are there, for each bound and each fault."""

import re

import pytest

from conftest import ROOT

PAGE = (ROOT / "docs" / "reliability.md").read_text("utf-8")
TESTS = ROOT / "tests"
FAULTS = TESTS / "system" / "faults"
NAMED = sorted({*re.findall(r"(?:[\w/]+/)?test_\w+\.py(?:::\w+)?", PAGE)})


def _rows(section: str) -> list[list[str]]:
    """The cells of a section's table, without its head."""
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


@pytest.mark.parametrize("name", NAMED)
def test_each_named_test_exists(name: str) -> None:
    """A bare file name is of tests/system/faults; a path is of tests/, said or not."""
    file, _, function = name.removeprefix("tests/").partition("::")
    path = TESTS / file if "/" in file else FAULTS / file
    assert path.is_file()
    assert not function or re.search(rf"^(async )?def {function}\(", path.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("section", "least"), [("Faults survived", 25), ("Bounds", 25)])
def test_every_row_names_a_test(section: str, least: int) -> None:
    rows = _rows(section)
    assert len(rows) >= least
    for *_, tests in rows:
        assert re.search(r"`[\w/]+\.py", tests) or "make prove-ledger" in tests, tests


def test_every_file_of_faults_has_a_row() -> None:
    files = {path.name for path in FAULTS.glob("test_*.py")}
    assert files <= {name.rpartition("/")[2] for name in NAMED}
