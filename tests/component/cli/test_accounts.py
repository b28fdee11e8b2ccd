import getpass
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from bonaface.accounts.audit import Actor, AuditRepository
from bonaface.cli.accounts import expiry, opened, print_json, shown_table, shown_time, whoever
from bonaface.clock import utc_now
from bonaface.setting_sources import ENV_PREFIX
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from support.command import run


def test_whoever_runs_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")

    assert whoever() == Actor("cli:ada", "local")


@pytest.mark.parametrize("error", [KeyError("uid"), OSError("no name")])
def test_a_user_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def nobody() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", nobody)

    assert whoever() == Actor(f"cli:{os.getuid()}", "local")


def test_the_database_is_brought_up_to_date(tmp_path: Path) -> None:
    with opened() as database:
        assert database.is_reachable()
    assert (tmp_path / "store" / "bonaface.db").is_file()


def test_every_command_works_on_both_databases(
    storage: StorageSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    if storage.url is not None:
        monkeypatch.setenv(f"{ENV_PREFIX}STORAGE__URL", storage.url)
    app_key = json.loads(run("keys", "create", "--name", "Shop", "--json").stdout)["appKey"]
    for command in (
        ("keys", "rotate", app_key, "--overlap", "1h"),
        ("keys", "quota", app_key, "--rate", "1"),
        ("keys", "show", app_key),
        ("keys", "revoke", app_key, "1"),
        ("keys", "disable", app_key),
        ("admin", "token", "create", "--name", "ops"),
        ("admin", "token", "revoke", "ops"),
        ("admin", "audit"),
    ):
        assert run(*command).exit_code == 0
    with Database(storage) as database:
        assert len(AuditRepository(database).entries()) == 7


def test_an_expiry_is_a_time_to_come_or_none() -> None:
    assert expiry(None) is None
    later = expiry("1h")
    assert later is not None
    assert timedelta(minutes=59) < later - utc_now() <= timedelta(hours=1)


def test_times_are_shown_to_the_minute_in_utc() -> None:
    assert shown_time(datetime(2026, 1, 2, 3, 4, 59, tzinfo=UTC)) == "2026-01-02 03:04"
    assert shown_time(None) == "never"


def test_cells_are_text_and_nothing_of_them_is_lost() -> None:
    console = Console(width=30, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(shown_table(["key", "note"], [["k" * 16, "[b]" + "x" * 40]]))
    text = console.export_text()
    console.file.close()

    assert "k" * 16 in text
    assert "[b]" in text
    assert text.count("x") == 40


def test_json_tells_times_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"at": datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)})

    assert capsys.readouterr().out == '{\n  "at": "2026-01-02T03:04:05Z"\n}\n'
