"""docs/settings.md holds every setting, and what it says of them is true."""

import re
from pathlib import Path

import pytest

from bonaface.settings import Settings, load_settings
from conftest import ROOT
from support.docs.settings_table import GIVEN, HEAD, MADE_HERE, keys, tables, variable

PAGE = (ROOT / "docs" / "settings.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_tables_are_those_of_the_fields() -> None:
    assert tables() in PAGE
    assert PAGE.count(HEAD[0]) == len(Settings.model_fields)


def test_every_setting_has_a_row_and_a_description() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
    assert [key for key, _, _ in rows] == keys()
    assert all(default.strip() and meaning.strip() for _, default, meaning in rows)


def test_defaults_in_words_are_of_settings_that_have_no_fixed_one() -> None:
    assert set(MADE_HERE) <= set(keys())


@pytest.mark.parametrize("key", keys())
def test_every_setting_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    section, name = key.split(".")
    default = getattr(getattr(Settings(), section), name)
    given = GIVEN.get(key, "x") if default is None else str(default)
    monkeypatch.setenv(variable(key), "[]" if default == () else given)
    value = getattr(getattr(load_settings(), section), name)
    assert str(value) == given


def test_the_example_file_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = EXAMPLES
    path = tmp_path / "bonaface.toml"
    path.write_text(example, "utf-8")
    monkeypatch.setenv("BONAFACE_CONFIG", str(path))
    assert load_settings() != Settings.model_construct()
    assert load_settings().server.port == 9000
