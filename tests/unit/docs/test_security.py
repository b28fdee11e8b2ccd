"""Each control in SECURITY.md names a test that is there."""

import ast
import re
from functools import cache

import pytest

from conftest import ROOT

TESTS = ROOT / "tests"
PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([STRIDE]) \| (.+) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
NAMED = sorted({name for *_, tests in ROWS for name in re.findall(r"`([^`]+)`", tests)})
BOUNDARIES = re.findall(r"^### (.+)$", PAGE, re.MULTILINE)


@cache
def _functions(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, kinds))


def test_every_line_of_every_table_is_a_row() -> None:
    lines = [line for line in PAGE.splitlines() if re.match(r"\| [A-Z] \|", line)]
    assert len(lines) == len(ROWS) > 40


@pytest.mark.parametrize("name", NAMED)
def test_each_named_test_exists(name: str) -> None:
    file, _, function = name.partition("::")
    assert (TESTS / file).is_file()
    tests = {each for each in _functions(file) if each.startswith("test_")}
    assert function in tests if function else tests


def test_every_control_names_a_test() -> None:
    for _, threat, control, tests in ROWS:
        assert threat
        assert control
        assert re.fullmatch(r"`[\w/.:]+`(, `[\w/.:]+`)*", tests), threat


def test_every_boundary_that_is_named_has_a_table() -> None:
    assert len(BOUNDARIES) >= 8
    for boundary in BOUNDARIES:
        section = PAGE.split(f"### {boundary}\n")[1].split("\n#")[0]
        assert "| T |" in section, boundary


def test_every_security_test_proves_a_control() -> None:
    """A test that no threat names is a threat that the page forgot."""
    named = {name.partition("::")[0] for name in NAMED}
    files = {path.relative_to(TESTS).as_posix() for path in TESTS.glob("*/security/test_*.py")}
    assert files <= named


@pytest.mark.parametrize("target", sorted({*re.findall(r"\]\(([^)#]+)", PAGE)}))
def test_links_lead_somewhere(target: str) -> None:
    assert (ROOT / target).is_file()
