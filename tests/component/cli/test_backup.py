from pathlib import Path

import pytest

from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from support.command import run
from support.storage.accounts import database_in


@pytest.fixture(autouse=True)
def _directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BONAFACE_STORAGE__DIRECTORY", str(tmp_path / "store"))


def test_it_writes_a_file_from_which_keys_are_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("keys", "create", "--name", "kept").exit_code == 0
    before = run("keys", "list", "--json").stdout
    done = run("backup", str(tmp_path / "copy.db"))
    assert (done.exit_code, done.stderr) == (0, "")
    assert str(tmp_path / "copy.db") in done.stdout

    (tmp_path / "other").mkdir()
    (tmp_path / "copy.db").rename(tmp_path / "other" / "bonaface.db")
    monkeypatch.setenv("BONAFACE_STORAGE__DIRECTORY", str(tmp_path / "other"))
    assert run("keys", "list", "--json").stdout == before


def test_a_copy_keeps_the_id_of_its_database(tmp_path: Path) -> None:
    run("keys", "create", "--name", "kept")
    run("backup", str(tmp_path / "copy.db"))
    with database_in(tmp_path / "store") as database:
        assert (
            Database(StorageSettings(url=f"sqlite:///{tmp_path}/copy.db")).identity() == database.identity()
        )


def test_a_second_copy_to_the_same_file_is_refused(tmp_path: Path) -> None:
    run("keys", "create", "--name", "kept")
    run("backup", str(tmp_path / "copy.db"))
    done = run("backup", str(tmp_path / "copy.db"))
    assert done.exit_code == 2
    assert "exists" in done.stderr
