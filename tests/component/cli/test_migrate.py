from pathlib import Path

import pytest

from bonaface.storage.upgrade import head
from support.command import run
from support.storage.accounts import database_in


@pytest.fixture(autouse=True)
def _directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BONAFACE_STORAGE__DIRECTORY", str(tmp_path / "store"))


def test_it_makes_the_tables_and_says_what_was_there(tmp_path: Path) -> None:
    first, second = run("migrate"), run("migrate")
    assert first.stdout == f"The database is at {head()}; it was empty.\n"
    assert second.stdout == f"The database is at {head()}.\n"
    with database_in(tmp_path / "store") as database:
        assert database.version() == head()


def test_commands_that_may_not_migrate_say_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BONAFACE_STORAGE__MIGRATE", "check")
    refused = run("keys", "list")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "run `bonaface migrate`" in refused.stderr
    assert run("migrate").exit_code == 0
    assert run("keys", "list").exit_code == 0
