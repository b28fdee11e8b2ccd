import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from bonaface.errors import ConfigurationError, StorageError
from bonaface.settings import StorageSettings
from bonaface.storage.backup import back_up
from bonaface.storage.database import Database
from support.storage.accounts import database_in, mode_of

COUNT = text("SELECT count(*) FROM notes")


def _fill(database: Database, rows: int) -> None:
    for _ in range(rows):
        with database.writing() as connection:
            connection.execute(text("INSERT INTO notes VALUES ('a'), ('b')"))


def test_a_copy_made_under_load_can_be_put_in_the_place_of_the_database(tmp_path: Path) -> None:
    with database_in(tmp_path / "live") as database:
        database.migrate()
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE notes (a)"))
        _fill(database, 5)
        writer = threading.Thread(target=_fill, args=(database, 200))
        writer.start()
        size = back_up(database, tmp_path / "copy.db")
        writer.join()

    assert size == (tmp_path / "copy.db").stat().st_size
    assert mode_of(tmp_path / "copy.db") == 0o600
    (tmp_path / "restored").mkdir()
    shutil.copy(tmp_path / "copy.db", tmp_path / "restored" / "bonaface.db")
    with database_in(tmp_path / "restored") as restored:
        restored.migrate()
        with restored.reading() as connection:
            rows = connection.execute(COUNT).scalar_one()
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    assert rows >= 10
    assert rows % 2 == 0  # a transaction is in the copy whole or not at all


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("precious")
    with database_in(tmp_path) as database:
        database.migrate()
        with pytest.raises(ConfigurationError, match="exists"):
            back_up(database, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with database_in(tmp_path) as database:
        database.migrate()
        with pytest.raises(StorageError, match="cannot be written"):
            back_up(database, tmp_path / "no" / "copy.db")


def test_a_damaged_database_gives_no_copy(tmp_path: Path) -> None:
    (tmp_path / "bonaface.db").write_bytes(b"not a database" * 100)
    with database_in(tmp_path) as database, pytest.raises(StorageError, match="damaged"):
        back_up(database, tmp_path / "copy.db")
    assert [path.name for path in tmp_path.iterdir()] == ["bonaface.db"]


def test_postgresql_is_sent_to_its_own_tool() -> None:
    settings = StorageSettings(url="postgresql://nobody@127.0.0.1:1/x")
    with Database(settings) as database, pytest.raises(ConfigurationError, match="pg_dump"):
        back_up(database, Path("copy.db"))
