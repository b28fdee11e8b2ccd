import json
from pathlib import Path
from typing import Any

import pytest

from bonaface.cli.signing import NO_FILE
from bonaface.setting_sources import ENV_PREFIX
from support.command import Finished, run


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The key file that the settings name; there is none yet."""
    named = tmp_path / "keys" / "signing.json"
    monkeypatch.setenv(f"{ENV_PREFIX}SIGNING__KEY_FILE", str(named))
    return named


def _run(*arguments: str) -> Finished:
    return run("signing", *arguments)


def _listed() -> Any:  # noqa: ANN401 - any JSON value
    return json.loads(_run("list", "--json").stdout)


def test_make_makes_a_key_that_signs_and_shows_nothing_of_it(path: Path) -> None:
    made = _run("make")
    (one,) = _listed()
    (stored,) = json.loads(path.read_bytes())["keys"]
    assert made.exit_code == 0
    assert one["kid"] == stored["kid"]
    assert one["kid"] in made.stdout
    assert one["state"] == "signs"
    assert path.stat().st_mode & 0o777 == 0o600
    assert stored["d"] not in made.stdout + made.stderr + _run("list").stdout + _run("public").stdout


def test_make_keeps_what_is_there(path: Path) -> None:
    _run("make")
    before = path.read_bytes()
    again = _run("make")
    assert (again.exit_code, "signing rotate" in again.stderr, path.read_bytes()) == (2, True, before)


def test_rotate_publishes_a_key_that_signs_later_and_remove_drops_the_old_one() -> None:
    _run("make")
    assert _run("rotate").exit_code == 0
    old, new = _listed()
    assert [old["state"], new["state"]] == ["signs", "published"]
    assert _run("rotate").exit_code == 2
    assert "rotate first" in _run("remove", old["kid"]).stderr
    assert _run("remove", new["kid"]).exit_code == 0
    assert _run("rotate", "--after", "0s").exit_code == 0
    assert [each["state"] for each in _listed()] == ["verifies", "signs"]
    assert _run("remove", old["kid"]).exit_code == 0
    assert [each["state"] for each in _listed()] == ["signs"]


def test_public_is_what_verifies(tmp_path: Path) -> None:
    _run("make")
    (published,) = json.loads(_run("public").stdout)["keys"]
    assert published["kid"] == _listed()[0]["kid"]
    assert "d" not in published


def test_the_table_tells_the_same_in_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _run("make")
    _run("rotate")
    shown = _run("list").stdout
    assert "signs from (UTC)" in shown
    for key in _listed():
        (row,) = (line for line in shown.splitlines() if key["kid"] in line)
        assert key["state"] in row
        assert key["signsFrom"][:16].replace("T", " ") in row


def test_a_file_may_be_named(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    assert _run("make", "--file", str(other)).exit_code == 0
    assert other.is_file()


def test_without_a_name_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(f"{ENV_PREFIX}SIGNING__KEY_FILE")
    assert _run("list").stderr == f"bonaface: {NO_FILE}\n"


def test_a_missing_file_is_told_with_what_named_it() -> None:
    missing = _run("list")
    assert (missing.exit_code, missing.stderr.count("\n")) == (2, 1)
    assert "BONAFACE_SIGNING__KEY_FILE" in missing.stderr
