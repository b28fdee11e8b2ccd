import sys
import tomllib
from importlib import import_module

import pytest

from bonaface.errors import ConfigurationError
from bonaface.optional_dependencies import EXTRAS, is_installed, left_out, require_extra
from conftest import ROOT


@pytest.mark.parametrize("extra", EXTRAS)
def test_extras_that_are_there(extra: str) -> None:
    require_extra(extra)
    assert is_installed(extra)


def test_what_is_missing_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert not is_installed("evaluation")
    sentence = "A report needs jinja2; install it with `pip install 'bonaface[evaluation]'`."
    with pytest.raises(ConfigurationError) as raised:
        require_extra("evaluation", "A report")
    assert str(raised.value) == sentence


def test_what_is_left_out_cannot_be_imported_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with left_out("colorsys"), pytest.raises(ModuleNotFoundError):
        import_module("colorsys")
    assert "colorsys" not in sys.modules


def test_what_was_imported_before_is_not_left_out() -> None:
    before = sys.modules["tomllib"]
    with left_out("tomllib"):
        assert import_module("tomllib") is before
    assert sys.modules["tomllib"] is before


def test_every_extra_is_one_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert EXTRAS.keys() <= project["optional-dependencies"].keys()


def test_of_many_the_first_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in EXTRAS["server"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(
        ConfigurationError, match=r"^This command needs alembic and others; .*bonaface\[server\]"
    ):
        require_extra("server")
