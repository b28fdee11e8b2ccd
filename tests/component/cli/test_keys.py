import getpass
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bonaface.accounts.application import State
from bonaface.accounts.audit import AuditRepository, Sought
from bonaface.accounts.authenticator import Authenticator
from bonaface.accounts.repository import ApplicationRepository
from bonaface.cli.keys import NO_SECRET, NOT_FOUND, ONCE
from bonaface.errors import UnauthorizedError
from bonaface.setting_sources import CONFIG_VARIABLE, ENV_PREFIX
from support.command import Finished, run
from support.storage.accounts import ACTOR, database_in, mode_of


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


UNKNOWN = "No application has this appKey; list the appKeys to find it."


def _run(*arguments: str) -> Finished:
    return run("keys", *arguments)


def _create(name: str = "Shop", *options: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(_run("create", "--name", name, *options, "--json").stdout)
    return made


def _show(app_key: str) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(_run("show", app_key, "--json").stdout)
    return shown


def test_create_shows_a_key_that_works(repository: ApplicationRepository) -> None:
    result = _run("create", "--name", "Shop", "--note", "the note")
    shown = re.fullmatch(rf"appKey     (\S+)\nsecretKey  (\S+)\n{re.escape(ONCE)}\n", result.stdout)

    assert result.exit_code == 0
    assert shown is not None
    assert Authenticator(repository).authenticate(shown[1], shown[2]).application.note == "the note"


def test_create_makes_an_owner_only_store(store: Path) -> None:
    _create()

    assert mode_of(store) == 0o700
    assert mode_of(store / "bonaface.db") == 0o600


def test_create_as_json_is_json_alone_on_standard_output(repository: ApplicationRepository) -> None:
    result = _run("create", "--name", "가게", "--json")
    made = json.loads(result.stdout)

    assert made.keys() == {"appKey", "secretKey", "name", "note", "state", "createdAt", "removedAt", "quota"}
    assert (made["name"], made["note"], made["state"]) == ("가게", "", "active")
    assert made["quota"] == {"requestsPerSecond": None, "burst": None, "requestsPerMonth": None}
    assert datetime.fromisoformat(made["createdAt"]).tzinfo is not None
    found = Authenticator(repository).authenticate(made["appKey"], made["secretKey"])
    assert found.application.name == "가게"
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


def test_list_can_search_and_tell_states_apart() -> None:
    shop, other = _create("Shop"), _create("Other")
    _run("disable", other["appKey"])

    def listed(*options: str) -> list[str]:
        return [one["appKey"] for one in json.loads(_run("list", "--json", *options).stdout)]

    assert listed("--search", "SHO") == [shop["appKey"]]
    assert listed("--state", "disabled") == [other["appKey"]]
    assert listed("--state", "active", "--search", "other") == []
    assert _run("list", "--search", "nobody").stdout == f"{NOT_FOUND}\n"


def test_list_goes_through_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [_create(str(number))["appKey"] for number in range(5)]
    monkeypatch.setattr("bonaface.accounts.repository.PAGE", 2)

    assert [one["appKey"] for one in json.loads(_run("list", "--json").stdout)] == made


def test_create_takes_a_quota_and_an_expiry() -> None:
    options = ("--rate", "5", "--burst", "10", "--monthly", "1000", "--expires", "2999-12-31")
    made = _create("Shop", *options)

    assert made["quota"] == {"requestsPerSecond": 5, "burst": 10, "requestsPerMonth": 1000}
    (secret,) = _show(made["appKey"])["secrets"]
    assert secret["expiresAt"] == "2999-12-31T00:00:00Z"


def test_show_tells_all_but_the_secrets(repository: ApplicationRepository) -> None:
    made = _create("[red]Shop[/red]", "--note", "the note")
    secret = made.pop("secretKey")
    shown = _show(made["appKey"])
    (live,) = shown.pop("secrets")
    text = _run("show", made["appKey"]).stdout

    assert shown == made
    assert live.keys() == {"id", "createdAt", "expiresAt", "lastUsedAt"}
    assert "[red]Shop[/red]" in text
    assert "no limit a second; no limit a month" in text
    assert secret not in text
    repository.revoke_secret(made["appKey"], live["id"], actor=ACTOR)
    assert NO_SECRET in _run("show", made["appKey"]).stdout


def test_edit_changes_what_is_given() -> None:
    app_key = _create("Shop", "--note", "old")["appKey"]
    assert _run("edit", app_key, "--name", "New").stdout == f"{app_key} is changed.\n"
    assert (_show(app_key)["name"], _show(app_key)["note"]) == ("New", "old")
    _run("edit", app_key, "--note", "")

    assert (_show(app_key)["name"], _show(app_key)["note"]) == ("New", "")


def test_enable_lets_a_key_work_again(repository: ApplicationRepository) -> None:
    made = _create()
    _run("disable", made["appKey"])
    assert _run("enable", made["appKey"]).stdout == f"{made['appKey']} is active.\n"

    _assert_works(repository, made["appKey"], made["secretKey"])


def test_rotate_makes_a_second_secret_that_works_beside_the_first(repository: ApplicationRepository) -> None:
    made = _create()
    app_key = made["appKey"]
    result = _run("rotate", app_key)
    shown = re.fullmatch(rf"appKey     (\S+)\nsecretKey  (\S+)\n{re.escape(ONCE)}\n", result.stdout)

    assert shown is not None
    assert shown[1] == app_key
    for secret in (made["secretKey"], shown[2]):
        _assert_works(repository, app_key, secret)


def test_rotate_can_end_the_other_secret_and_tell_it_in_json(repository: ApplicationRepository) -> None:
    app_key = _create()["appKey"]
    result = _run("rotate", app_key, "--overlap", "24h", "--expires", "90d", "--json")
    made = json.loads(result.stdout)
    first, second = _show(app_key)["secrets"]

    assert made.keys() == {"appKey", "id", "createdAt", "expiresAt", "lastUsedAt", "secretKey"}
    assert (made["id"], made["expiresAt"]) == (second["id"], second["expiresAt"])
    assert _passed(first["expiresAt"], made["createdAt"]) == timedelta(hours=24)
    assert _passed(second["expiresAt"], made["createdAt"]) == timedelta(days=90)
    _assert_works(repository, app_key, made["secretKey"])
    assert result.stderr == f"{ONCE}\n"


def _assert_works(repository: ApplicationRepository, app_key: str, secret: str) -> None:
    assert Authenticator(repository).authenticate(app_key, secret).application.app_key == app_key


def _passed(later: str, earlier: str) -> timedelta:
    """To the nearest minute: a command takes its time."""
    seconds = (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
    return timedelta(minutes=round(seconds / 60))


def test_revoke_stops_one_secret(repository: ApplicationRepository) -> None:
    made = _create()
    app_key = made["appKey"]
    other = json.loads(_run("rotate", app_key, "--json").stdout)
    (first, _) = _show(app_key)["secrets"]
    assert _run("revoke", app_key, str(first["id"])).stdout.startswith(f"Secret {first['id']} is revoked")

    assert [secret["id"] for secret in _show(app_key)["secrets"]] == [other["id"]]
    with pytest.raises(UnauthorizedError):
        Authenticator(repository).authenticate(app_key, made["secretKey"])


def test_quota_shows_and_changes_what_is_given() -> None:
    app_key = _create()["appKey"]
    said = [
        _run("quota", app_key, *options).stdout.strip()
        for options in (
            (),
            ("--rate", "5"),
            ("--burst", "15", "--monthly", "1000"),
            ("--rate", "7"),
            ("--monthly", "none"),
            ("--rate", "None"),
        )
    ]

    assert said == [
        "no limit a second; no limit a month",
        "5 a second, 5 at once; no limit a month",
        "5 a second, 15 at once; 1000 a month",
        "7 a second, 7 at once; 1000 a month",
        "7 a second, 7 at once; no limit a month",
        "no limit a second; no limit a month",
    ]
    result = _run("quota", app_key, "--rate", "3", "--json")
    assert json.loads(result.stdout) == {"requestsPerSecond": 3, "burst": 3, "requestsPerMonth": None}
    assert _show(app_key)["quota"] == json.loads(result.stdout)


def test_every_change_is_in_the_trail_by_the_name_of_the_user(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")
    app_key = _create()["appKey"]
    for command in (
        ("edit", "--name", "New"),
        ("disable",),
        ("enable",),
        ("quota", "--rate", "1"),
        ("rotate",),
    ):
        assert _run(command[0], app_key, *command[1:]).exit_code == 0
    assert _run("revoke", app_key, "1").exit_code == 0
    with database_in(store) as database:
        entries = AuditRepository(database).entries(sought=Sought(app_key))

    assert len(entries) == 7
    assert {(entry.actor, entry.origin) for entry in entries} == {("cli:ada", "local")}


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
        (["disable", "unknown"], UNKNOWN),
        (["enable", "unknown"], UNKNOWN),
        (["show", "unknown"], UNKNOWN),
        (["rotate", "unknown"], UNKNOWN),
        (["revoke", "unknown", "1"], UNKNOWN),
        (["quota", "unknown", "--rate", "1"], UNKNOWN),
        (["edit", "unknown", "--name", "x"], UNKNOWN),
        (["edit", "unknown"], "Give --name or --note: what is to change."),
        (
            ["rotate", "x", "--overlap", "1y"],
            "'1y' is not a span of time; write it as in 30s, 15m, 24h, 90d, 2w.",
        ),
        (["create", "--name", "a", "--rate", "0"], "Give a rate of 1 to 10000 requests a second."),
        (
            ["create", "--name", "a", "--rate", "-1"],
            "'-1' is not a limit; give a whole number, or `none` for no limit.",
        ),
        (["create", "--name", "a", "--expires", "2020-01-01"], "Give an expiry in the future."),
        (["create", "--name", " "], "Give the application a name of 1 to 100 characters on one line."),
        (
            ["create", "--name", "a\u202eb"],
            "Give the application a name of 1 to 100 characters on one line, without "
            "U+202E (RIGHT-TO-LEFT OVERRIDE).",
        ),
        (
            ["edit", "x", "--name", "a\u200b"],
            "Give the application a name of 1 to 100 characters on one line, without "
            "U+200B (ZERO WIDTH SPACE).",
        ),
        (
            ["create", "--name", "a", "--note", "x\ny"],
            "Give a note of at most 1000 characters on one line, without U+000A (a control).",
        ),
    ],
)
def test_an_error_is_one_sentence_and_status_2(arguments: list[str], sentence: str) -> None:
    result = _run(*arguments)

    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"bonaface: {sentence}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["create"],
        ["disable"],
        ["revoke", "x"],
        ["revoke", "x", "y"],
        ["list", "--state", "x"],
        ["create", "--name"],
        ["unheard-of"],
        [],
    ],
)
def test_a_wrong_call_is_status_2(arguments: list[str]) -> None:
    assert _run(*arguments).exit_code == 2


def test_settings_and_storage_that_do_not_hold_are_sentences(
    monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    store.touch()
    assert _run("list").stderr.startswith("bonaface: The storage folder cannot be used")

    monkeypatch.setenv(f"{ENV_PREFIX}STORAGE__URL", "mysql://db/x")
    assert _run("list").stderr.startswith("bonaface: storage.url (BONAFACE_STORAGE__URL) must name")

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


def test_remove_stops_a_key_and_restore_brings_it_back(repository: ApplicationRepository) -> None:
    made = _create()
    app_key, secret = made["appKey"], made["secretKey"]
    removed = _run("remove", app_key)
    shown, listed = _show(app_key), json.loads(_run("list", "--removed", "--json").stdout)

    assert "can be restored for 30 days" in removed.stdout
    assert shown["removedAt"] is not None
    assert "removed    2" in _run("show", app_key).stdout
    assert [each["appKey"] for each in listed] == [app_key]
    assert json.loads(_run("list", "--json").stdout) == []
    with pytest.raises(UnauthorizedError):
        Authenticator(repository).authenticate(app_key, secret)
    assert _run("restore", app_key).stdout == f"{app_key} is restored; it is active.\n"
    assert Authenticator(repository).authenticate(app_key, secret).application.app_key == app_key
    assert "is not removed" in _run("restore", app_key).stderr
    assert _run("list", "--removed").stdout == f"{NOT_FOUND}\n"
