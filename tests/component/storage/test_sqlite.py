import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from bonaface.errors import ConfigurationError, StorageError
from bonaface.storage import sqlite
from support.storage.accounts import database_in, mode_of


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:hidden@db/bonaface",
        "mysql://db/x",
        "sqlite+aiosqlite:////srv/a.db",
        "sqlite+unheard:////srv/a.db",
        "sqlite://",
        "sqlite://host/srv/a.db",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
        "sqlite:////srv/a.db?timeout=0",
    ],
)
def test_only_a_plain_sqlite_file_is_taken(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^storage\.url must name a SQLite file") as caught:
        sqlite.file_of(make_url(url))
    assert "hidden" not in str(caught.value)


def test_an_error_does_not_tell_the_values_of_its_statement(tmp_path: Path) -> None:
    """They may be the digest of a secret, and a traceback goes to the log."""
    with database_in(tmp_path) as database:
        database.migrate()
        with pytest.raises(StorageError) as caught, database.reading() as connection:
            connection.execute(text("SELECT :digest FROM nowhere"), {"digest": "f1e2d3"})
    assert "nowhere" in str(caught.value.__cause__)
    assert "f1e2d3" not in str(caught.value.__cause__)


def test_a_file_is_taken_absolute() -> None:
    assert sqlite.file_of(make_url("sqlite:////srv/a b%20c.db")) == Path("/srv/a b c.db")
    assert sqlite.file_of(make_url("sqlite:///a.db")) == Path.cwd() / "a.db"


def test_each_connection_is_set_up(tmp_path: Path) -> None:
    with database_in(tmp_path) as database:
        database.migrate()
        with database.reading() as connection:
            found = {
                name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
                for name in ("journal_mode", "busy_timeout", "foreign_keys", "synchronous")
            }

    assert found == {"journal_mode": "wal", "busy_timeout": 5000, "foreign_keys": 1, "synchronous": 2}


def test_names_with_url_characters_work(tmp_path: Path) -> None:
    folder = tmp_path / "a ?#%20é한"
    with database_in(folder) as database:
        database.migrate()

    assert (folder / "bonaface.db").stat().st_size > 0


def test_the_log_and_its_index_are_the_owners_alone_too(tmp_path: Path) -> None:
    with database_in(tmp_path / "store") as database:
        database.migrate()
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE more (a)"))
        modes = {path.name: mode_of(path) for path in (tmp_path / "store").iterdir()}

    assert modes.keys() >= {"bonaface.db", "bonaface.db-wal", "bonaface.db-shm"}
    assert set(modes.values()) == {0o600}


def test_files_left_open_to_others_are_closed_to_them(tmp_path: Path) -> None:
    with database_in(tmp_path) as database, sqlite3.connect(tmp_path / "bonaface.db") as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE more (a)")
        other.commit()
        for path in tmp_path.iterdir():
            path.chmod(0o666)
        database.migrate()
        modes = {mode_of(path) for path in tmp_path.iterdir()}
        assert len(list(tmp_path.glob("*-wal"))) == 1
    other.close()

    assert modes == {0o600}


def test_a_failed_preparation_leaves_nothing_half_done(tmp_path: Path) -> None:
    file = tmp_path / "a.db"
    engine = sqlite.open_engine(file)
    with pytest.raises(OperationalError), sqlite.preparing(engine, file) as connection:  # noqa: PT012
        connection.execute(text("CREATE TABLE half (a)"))
        connection.execute(text("CREATE TABLE half (a)"))
    with engine.begin() as connection:
        assert connection.execute(text("SELECT name FROM sqlite_master")).all() == []
    engine.dispose()
