"""`bonaface policies` as it is typed."""

import json
from pathlib import Path
from typing import Any

import pytest

from bonaface.accounts.audit import AuditRepository
from bonaface.accounts.repository import ApplicationRepository
from bonaface.cli.policies import NOBODY, ONE_WAY, SOON, WHOSE
from bonaface.policies.decision_policy import UNKNOWN
from support.command import Finished, run
from support.storage.accounts import ACTOR, database_in


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def policies(*arguments: str) -> Finished:
    return run("policies", *arguments)


def put(name: str, reject: str = "0.2", accept: str = "0.8", *options: str) -> Finished:
    return policies("put", name, "--reject-below", reject, "--accept-from", accept, *options)


def shown(*arguments: str) -> Any:  # noqa: ANN401 - any JSON value
    return json.loads(policies(*arguments, "--json").stdout)


def test_a_policy_from_its_making_to_its_end(store: Path) -> None:
    assert policies("list").stdout == f"{NOBODY}\n"
    assert put("new customers").stdout == f"new customers has version 1; {SOON}.\n"
    made = json.loads(put("new customers", "0.1", "0.9", "--note", "stricter", "--json").stdout)
    told = {"name": "new customers", "version": 2, "rejectBelow": 0.1, "acceptFrom": 0.9, "note": "stricter"}
    assert made == {**told, "createdAt": made["createdAt"], "retiredAt": None}
    assert shown("list") == [made]
    assert shown("show", "new customers") == made
    assert [each["version"] for each in shown("versions", "new customers")] == [2, 1]
    assert shown("show", "new customers", "--version", "1")["acceptFrom"] == 0.8
    assert "stricter" in policies("versions", "new customers").stdout
    assert policies("retire", "new customers").exit_code == 0
    assert shown("list") == []
    (retired,) = shown("list", "--retired")
    assert retired["retiredAt"] is not None
    assert "retired " in policies("show", "new customers").stdout
    assert "retired" in policies("list", "--retired").stdout
    with database_in(store) as database:
        trail = AuditRepository(database).entries()
    assert [entry.action for entry in trail] == ["policy.retire", "policy.put", "policy.put"]
    assert all(entry.actor.startswith("cli:") for entry in trail)


def test_whose_a_policy_is(store: Path) -> None:
    put("staff")
    with database_in(store) as database:
        keys = [ApplicationRepository(database).create_application("a", actor=ACTOR)[0].app_key for _ in "ab"]
    assert policies("assign", "staff", "--default").stdout == f"The default is staff; {SOON}.\n"
    assert policies("assign", "staff", "--app", keys[0]).exit_code == 0
    assert f"decides for   the default, {keys[0]}" in policies("show", "staff").stdout
    assert f"default, {keys[0]}" in policies("list").stdout
    policies("assign", "staff", "--app", keys[1])
    assert "default, 2 applications" in policies("list").stdout
    refused = policies("retire", "staff")
    assert (refused.exit_code, refused.stdout) == (2, "")
    for whose in (("--default",), ("--app", keys[0]), ("--app", keys[1])):
        assert policies("assign", "none", *whose).exit_code == 0
    assert "whoever names it" in policies("show", "staff").stdout
    assert policies("retire", "staff").exit_code == 0


def test_a_file_of_calibrate_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "staff.json"
    file.write_text('{"rejectBelow": 0.25, "acceptFrom": 1, "note": "of May"}', "utf-8")
    assert policies("put", "staff", str(file)).exit_code == 0
    assert policies("put", "other", str(file), "--note", "mine").exit_code == 0
    assert [(each["acceptFrom"], each["note"]) for each in shown("list")] == [(1, "mine"), (1, "of May")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "JSON"),
        ('{"rejectBelow": 0.25}', "acceptFrom: Field required"),
        ('{"rejectBelow": "0.25", "acceptFrom": 1}', "rejectBelow: Input should be a valid number"),
        ('{"rejectBelow": 0, "acceptFrom": 1, "name": "a"}', "name: Extra inputs"),
        ('{"rejectBelow": 0.5, "acceptFrom": 0.4}', "rejectBelow no higher than acceptFrom"),
        ('{"rejectBelow": NaN, "acceptFrom": 0.4}', "rejectBelow"),
    ],
)
def test_a_file_that_is_no_policy(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "staff.json"
    file.write_text(text, "utf-8")
    done = policies("put", "staff", str(file))
    assert done.exit_code == 2
    assert words in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("put", "staff"), ONE_WAY),
        (("put", "staff", "--reject-below", "0.5"), ONE_WAY),
        (("put", "staff", "a.json", "--reject-below", "0.5"), ONE_WAY),
        (("put", "staff", "missing.json"), "missing.json cannot be read (No such file or directory)."),
        (("assign", "staff"), WHOSE),
        (("assign", "staff", "--default", "--app", "x"), WHOSE),
        (("assign", "staff", "--default"), UNKNOWN),
        (("retire", "staff"), UNKNOWN),
        (("show", "staff"), UNKNOWN),
        (("versions", "staff"), UNKNOWN),
    ],
)
def test_what_does_not_hold_is_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    done = policies(*arguments)
    assert (done.exit_code, done.stderr) == (2, f"bonaface: {sentence}\n")
