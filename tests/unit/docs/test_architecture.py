"""docs/architecture.md draws the rooms as they are, and names what is there."""

import ast
import re

import pytest

from conftest import ROOT
from support.docs.rooms import diagram, imports_of_rooms, reduced

PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
PACKAGE = ROOT / "src" / "bonaface"
NAMED = sorted(set(re.findall(r"`((?:[a-z_0-9]+/)*[a-z_0-9]+(?:\.py|/))`", PAGE)))


def test_the_picture_is_that_of_the_code() -> None:
    assert diagram() in PAGE, "run `make pages`"


def test_every_room_has_its_line() -> None:
    rows = set(re.findall(r"`([a-z_]+)(?:/|\.py)`", "".join(re.findall(r"^\| .*$", PAGE, re.MULTILINE))))
    assert imports_of_rooms().keys() - {"__init__"} <= rows


@pytest.mark.parametrize("name", NAMED)
def test_each_named_file_is_there(name: str) -> None:
    assert (PACKAGE / name).exists() or (ROOT / name).exists()


def test_an_edge_that_a_longer_way_replaces_is_left_out() -> None:
    graph = {"a": {"b", "c"}, "b": {"c"}, "c": set[str]()}
    assert reduced(graph) == {"a": {"b"}, "b": {"c"}, "c": set()}


WALKS = re.findall(r"^### (.+)\n\n((?:\d\..*\n(?: {3}.*\n)*)+)", PAGE, re.MULTILINE)
STEPS = sorted({pair for _, walk in WALKS for pair in re.findall(r"`([\w/]+\.py)`\s+`([\w.]+)`", walk)})


def test_three_walks_have_eight_steps_at_most() -> None:
    assert [name for name, _ in WALKS] == ["One image", "One secret", "One count"]
    for _, walk in WALKS:
        steps = re.findall(r"^(\d)\. (.*(?:\n {3}.*)*)", walk, re.MULTILINE)
        assert [int(number) for number, _ in steps] == list(range(1, len(steps) + 1))
        assert len(steps) <= 8
        assert all(".py`" in step for _, step in steps)


@pytest.mark.parametrize(("file", "name"), STEPS)
def test_what_a_step_names_is_there(file: str, name: str) -> None:
    inside: ast.AST = ast.parse((PACKAGE / file).read_text("utf-8"))
    for part in name.split("."):
        kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        (inside,) = [
            one for one in ast.iter_child_nodes(inside) if isinstance(one, kinds) and one.name == part
        ]
