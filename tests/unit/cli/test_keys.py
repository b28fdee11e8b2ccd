import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bonaface.accounts.application import State
from bonaface.accounts.authenticator import Authenticator
from bonaface.accounts.repository import ApplicationRepository
from bonaface.cli.keys import ONCE
from bonaface.settings import CONFIG_VARIABLE, ENV_PREFIX
from support.accounts import database_in, mode_of
from support.command import Finished, run


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(CONFIG_VARIABLE, raising=False)
    monkeypatch.setenv(f"{ENV_PREFIX}STORAGE__DIRECTORY", str(tmp_path / "store"))
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path / "store"


@pytest.fixture
def repository(store: Path) -> Iterator[ApplicationRepository]:
    with database_in(store) as database:
        yield ApplicationRepository(database)


def _run(*arguments: str) -> Finished:
    return run("keys", *arguments)


def _create(name: str = "Shop") -> dict[str, str]:
    made: dict[str, str] = json.loads(_run("create", "--name", name, "--json").stdout)
    return made


def test_create_shows_a_key_that_works(repository: ApplicationRepository) -> None:
    result = _run("create", "--name", "Shop", "--note", "the note")
    shown = re.fullmatch(rf"appKey     (\S+)\nsecretKey  (\S+)\n{re.escape(ONCE)}\n", result.stdout)

    assert result.exit_code == 0
    assert shown is not None
    assert Authenticator(repository).authenticate(shown[1], shown[2]).note == "the note"


def test_create_makes_an_owner_only_store(store: Path) -> None:
    _create()

    assert mode_of(store) == 0o700
    assert mode_of(store / "bonaface.db") == 0o600


def test_create_as_json_is_json_alone_on_standard_output(repository: ApplicationRepository) -> None:
    result = _run("create", "--name", "가게", "--json")
    made = json.loads(result.stdout)

    assert made.keys() == {"appKey", "secretKey", "name", "note", "state", "createdAt"}
    assert (made["name"], made["note"], made["state"]) == ("가게", "", "active")
    assert datetime.fromisoformat(made["createdAt"]).tzinfo is not None
    found = Authenticator(repository).authenticate(made["appKey"], made["secretKey"])
    assert found.name == "가게"
    assert result.stderr == f"{ONCE}\n"


def test_list_shows_every_application_and_no_secret() -> None:
    made = [_create("[red]Shop[/red]"), _create("Other")]
    result = _run("list")

    assert result.exit_code == 0
    assert "[red]Shop[/red]" in result.stdout
    for one in made:
        assert one["appKey"] in result.stdout
        assert one["secretKey"] not in result.stdout


def test_list_keeps_app_keys_whole_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _create("a rather long name for an application of a shop")
    monkeypatch.setenv("COLUMNS", "50")

    assert made["appKey"] in _run("list").stdout


def test_list_as_json_is_what_create_said_without_the_secret() -> None:
    made = [_create("one"), _create("two")]
    for one in made:
        del one["secretKey"]

    assert json.loads(_run("list", "--json").stdout) == made


def test_list_of_nobody() -> None:
    assert json.loads(_run("list", "--json").stdout) == []
    assert _run("list").stdout.startswith("There is no application yet")


def test_disable_stops_a_key_and_may_be_repeated(repository: ApplicationRepository) -> None:
    app_key = _create()["appKey"]
    for _ in range(2):
        result = _run("disable", app_key)
        assert result.exit_code == 0
        assert result.stdout.startswith(f"{app_key} is disabled")

    assert repository.get_application(app_key).state is State.DISABLED
    assert "disabled" in _run("list").stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["disable", "unknown"], "No application has this appKey; list the appKeys to find it."),
        (["create", "--name", " "], "Give the application a name of 1 to 100 characters on one line."),
        (["create", "--name", "a", "--note", "x\ny"], "Give a note of at most 1000 characters on one line."),
    ],
)
def test_an_error_is_one_sentence_and_status_2(arguments: list[str], sentence: str) -> None:
    result = _run(*arguments)

    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"bonaface: {sentence}\n")


@pytest.mark.parametrize("arguments", [["create"], ["disable"], ["create", "--name"], ["unheard-of"], []])
def test_a_wrong_call_is_status_2(arguments: list[str]) -> None:
    assert _run(*arguments).exit_code == 2


def test_settings_and_storage_that_do_not_hold_are_sentences(
    monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    store.touch()
    assert _run("list").stderr.startswith("bonaface: The storage folder cannot be used")

    monkeypatch.setenv(f"{ENV_PREFIX}STORAGE__URL", "mysql://db/x")
    assert _run("list").stderr.startswith("bonaface: storage.url must name a SQLite file")

    monkeypatch.setenv(f"{ENV_PREFIX}STORAGE__DIRECTORIES", "x")
    result = _run("list")
    assert result.stderr.startswith("bonaface: The settings do not hold")
    assert result.exit_code == 2


def test_a_real_process_prints_no_traceback() -> None:
    script = "from bonaface.cli.app import main; main()"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, "keys", "disable", "a\udcffb"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr == "bonaface: No application has this appKey; list the appKeys to find it.\n"
    assert done.stdout == ""
