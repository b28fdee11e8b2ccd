import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bonaface.accounts.admin_tokens import AdminTokens
from bonaface.cli.admin import NO_ENTRY, NO_TOKEN, ONCE
from support.command import run
from support.storage.accounts import database_in


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[AdminTokens]:
    """The tokens that the commands make, as a server sees them."""
    with database_in(tmp_path / "store") as database:
        database.migrate()
        yield AdminTokens(database)


def _json(*arguments: str) -> Any:  # noqa: ANN401 - any JSON value
    return json.loads(run("admin", *arguments, "--json").stdout)


def test_create_shows_a_token_that_works(tokens: AdminTokens) -> None:
    result = run("admin", "token", "create", "--name", "ops")
    found = tokens.authenticate(result.stdout.strip())

    assert result.exit_code == 0
    assert result.stderr == f"{ONCE}\n"
    assert found is not None
    assert found.name == "ops"


def test_create_as_json_tells_it_with_its_expiry(tokens: AdminTokens) -> None:
    made = _json("token", "create", "--name", "ops", "--expires", "2999-01-01")

    assert made.keys() == {"id", "name", "role", "createdAt", "expiresAt", "lastUsedAt", "token"}
    assert (made["name"], made["expiresAt"]) == ("ops", "2999-01-01T00:00:00Z")
    assert tokens.authenticate(made["token"]) is not None


def test_list_shows_tokens_without_themselves() -> None:
    assert _json("token", "list") == []
    assert run("admin", "token", "list").stdout == f"{NO_TOKEN}\n"
    made = [_json("token", "create", "--name", name) for name in ("ops", "[red]ada[/red]")]
    secrets = [one.pop("token") for one in made]
    shown = run("admin", "token", "list").stdout

    assert _json("token", "list") == made
    assert "[red]ada[/red]" in shown
    assert not any(secret in shown for secret in secrets)


@pytest.mark.parametrize("which", ["ops", "1"])
def test_revoke_stops_a_token_by_name_or_id(tokens: AdminTokens, which: str) -> None:
    made = _json("token", "create", "--name", "ops")
    result = run("admin", "token", "revoke", which)

    assert (result.exit_code, result.stdout[:21]) == (0, "The token is revoked;")
    assert tokens.authenticate(made["token"]) is None
    assert _json("token", "list") == []


def test_audit_shows_every_change_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("admin", "audit").stdout == f"{NO_ENTRY}\n"
    monkeypatch.setattr("getpass.getuser", lambda: "ada")
    app_key = json.loads(run("keys", "create", "--name", "[b]Shop", "--json").stdout)["appKey"]
    run("admin", "token", "create", "--name", "ops")
    entries = _json("audit")
    shown = run("admin", "audit").stdout

    assert [(entry["action"], entry["target"]) for entry in entries] == [
        ("token.create", "token:1"),
        ("application.create", app_key),
    ]
    assert entries[0].keys() == {"id", "at", "actor", "action", "target", "detail", "origin"}
    assert entries[1]["detail"]["name"] == "[b]Shop"
    assert {(entry["actor"], entry["origin"]) for entry in entries} == {("cli:ada", "local")}
    for word in ("cli:ada", "token.create", app_key, "local"):
        assert word in shown


def test_audit_can_be_of_one_application_and_short() -> None:
    keys = [json.loads(run("keys", "create", "--name", name, "--json").stdout)["appKey"] for name in "abc"]

    assert [entry["target"] for entry in _json("audit", "--app-key", keys[1])] == [keys[1]]
    assert [entry["target"] for entry in _json("audit", "--limit", "2")] == [keys[2], keys[1]]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["token", "revoke", "nobody"], "No token has this name or id; list the tokens to find it."),
        (
            ["token", "create", "--name", "12"],
            "Give the token a name of 1 to 100 characters on one line, not of digits alone.",
        ),
        (
            ["token", "create", "--name", "a\u2066"],
            "Give the token a name of 1 to 100 characters on one line, not of digits alone, without "
            "U+2066 (LEFT-TO-RIGHT ISOLATE).",
        ),
        (["token", "create", "--name", "a", "--expires", "2020-01-01"], "Give an expiry in the future."),
    ],
)
def test_an_error_is_one_sentence_and_status_2(arguments: list[str], sentence: str) -> None:
    result = run("admin", *arguments)

    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"bonaface: {sentence}\n")


@pytest.mark.parametrize(
    "arguments", [[], ["token"], ["token", "create"], ["token", "revoke"], ["audit", "--limit", "0"]]
)
def test_a_wrong_call_is_status_2(arguments: list[str]) -> None:
    assert run("admin", *arguments).exit_code == 2


@pytest.mark.parametrize("role", ["viewer", "operator", "owner"])
def test_a_token_has_the_role_that_is_asked_for(role: str) -> None:
    made = run("admin", "token", "create", "--name", "x", "--role", role, "--json")

    assert json.loads(made.stdout)["role"] == role
    assert f" {role} " in run("admin", "token", "list").stdout
