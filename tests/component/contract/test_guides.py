"""The two guides, English and Korean, say the same, and say what the server does."""

import inspect
import json
import re
from pathlib import Path

import pytest

from bonaface import Settings
from bonaface.api import outcome
from bonaface.api.body.form import MAX_PARTS
from bonaface.api.errors import TABLE
from conftest import ROOT

GUIDES = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("api.md", "api.ko.md")}
SAMPLE = json.loads((Path(__file__).parent / "sample.json").read_text())

each_guide = pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)


def error_rows(guide: str) -> list[tuple[int, str, int]]:
    rows = re.findall(r"^\| (-\d+) \| (\w+) \| .* \| (\d{3})[^|]*\|$", guide, re.MULTILINE)
    return [(int(code), message, int(status)) for code, message, status in rows]


def fields(guide: str) -> list[str]:
    """Names in the first column of every table."""
    return re.findall(r"^\| `([\w.\[\]-]+)` \|", guide, re.MULTILINE)


@each_guide
def test_the_error_codes_are_the_servers(guide: str) -> None:
    table = {(row.code, row.message, row.status) for row in TABLE.values()}
    assert set(error_rows(guide)) == table
    assert len(error_rows(guide)) == len(table)


def test_both_list_the_same_in_the_same_order() -> None:
    english, korean = GUIDES.values()
    assert fields(english) == fields(korean)
    assert error_rows(english) == error_rows(korean)
    assert re.findall(r"^curl.*?^$", english, re.M | re.S) == re.findall(r"^curl.*?^$", korean, re.M | re.S)


def leaves(value: object, path: str = "") -> set[str]:
    if isinstance(value, dict):
        inner = {f"{path}.{name}".lstrip("."): member for name, member in value.items()}
        return {leaf for name, member in inner.items() for leaf in leaves(member, name)}
    if isinstance(value, list):
        return leaves(value[0], f"{path}[]")
    return {path}


@each_guide
def test_every_member_of_an_answer_is_told(guide: str) -> None:
    assert leaves(SAMPLE) <= set(fields(guide))


@each_guide
def test_the_sample_answer_is_the_guides(guide: str) -> None:
    (block,) = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)
    assert json.loads(block) == SAMPLE


@each_guide
def test_the_limits_are_the_defaults(guide: str) -> None:
    settings = Settings()
    assert f"{settings.images.max_bytes:,}" in guide
    assert str(settings.images.max_pixels // 1_000_000) in guide
    assert f"{settings.faces.min_side}x{settings.faces.min_side}" in guide
    for figure in (
        settings.images.min_side,
        settings.faces.max_faces,
        int(settings.faces.max_angle),
        int(settings.server.body_timeout),
        int(settings.fetch.timeout),
        MAX_PARTS,
    ):
        assert re.search(rf"(?<!\d){figure}(?!\d)", guide)


def test_the_serving_page_has_the_defaults() -> None:
    page = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
    settings = Settings()
    assert f"`server.max_requests` ({settings.server.max_requests})" in page
    assert f"`server.body_timeout` ({settings.server.body_timeout:g})" in page
    assert f"`server.shutdown_grace` ({settings.server.shutdown_grace})" in page
    assert f"`serving.deadline` ({settings.serving.deadline:g})" in page
    assert f"`serving.queue` ({settings.serving.queue})" in page


def test_the_table_has_one_home() -> None:
    """No code of the contract is written anywhere else in the HTTP side."""
    home = Path(inspect.getfile(outcome))
    codes = re.compile("|".join(str(row.code) for row in TABLE.values()))
    others = [path for path in home.parent.rglob("*.py") if path != home]
    assert [path.name for path in others if codes.search(path.read_text(encoding="utf-8"))] == []
