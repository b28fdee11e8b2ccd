"""docs/architecture.md draws the rooms as they are, and names what is there."""

import re

import pytest

from conftest import ROOT
from support.rooms import diagram, imports_of_rooms, reduced

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
