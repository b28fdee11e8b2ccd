import threading
from pathlib import Path

import pytest
from sqlalchemy import column, select, table, text

from bonaface.errors import ConfigurationError, StorageAwayError, StorageError
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from support.storage.accounts import database_in, mode_of, run_at_once

INSERT = text(
    "INSERT INTO applications (id, app_key, name, note, state, created_at)"
    " VALUES (7, 'k', 'n', '', 'active', '2026-01-01 00:00:00')"
)
INSERT_SECRET = text(
    "INSERT INTO secrets (id, application_id, slot, digest, created_at)"
    " VALUES (1, 9, 1, '00', '2026-01-01 00:00:00')"
)
HEAD = "0008"
VERSIONS = text("SELECT version_num FROM alembic_version")
MIGRATE = """
import sys
from pathlib import Path
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
print("ready", flush=True)
for line in sys.stdin:
    with Database(StorageSettings(directory=Path(line.strip()))) as database:
        database.migrate()
        print(database.is_reachable(), database.identity(), flush=True)
"""


def test_making_one_touches_nothing(tmp_path: Path) -> None:
    with database_in(tmp_path / "store") as database:
        assert not database.is_reachable()
    assert list(tmp_path.iterdir()) == []


def test_migrate_makes_an_owner_only_folder_and_file(tmp_path: Path) -> None:
    with database_in(tmp_path / "a" / "store") as database:
        database.migrate()
        assert database.is_reachable()

    assert mode_of(tmp_path / "a" / "store") == 0o700
    assert mode_of(tmp_path / "a" / "store" / "bonaface.db") == 0o600


def test_it_tells_its_engine(storage: StorageSettings, database: Database) -> None:
    assert database.dialect == ("sqlite" if storage.url is None else "postgresql")


def test_migrate_again_keeps_what_is_there(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(INSERT)
    database.migrate()
    with database.reading() as connection:
        assert connection.execute(text("SELECT id FROM applications")).scalars().all() == [7]


def test_processes_that_migrate_at_once_all_succeed(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(12)]
    printed = run_at_once(MIGRATE, [str(folder) for folder in folders], count=3)

    assert len({lines[0] for lines in printed}) == 12
    for folder, lines in zip(folders, printed, strict=True):
        with database_in(folder) as database, database.reading() as connection:
            assert lines == [f"True {database.identity()}"] * 3
            assert connection.execute(VERSIONS).scalars().all() == [HEAD]
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


def test_a_url_names_another_file(tmp_path: Path) -> None:
    settings = StorageSettings(directory=tmp_path / "unused", url=f"sqlite:///{tmp_path}/b/other.db")
    with Database(settings) as database:
        database.migrate()

    assert mode_of(tmp_path / "b" / "other.db") == 0o600
    assert not (tmp_path / "unused").exists()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hidden",
        "://hidden",
        "mysql://u:hidden@db/x",
        "postgresql+asyncpg://u:hidden@db/x",
        "sqlite://h:badport/x",
    ],
)
def test_an_unusable_url_is_refused_in_a_sentence_without_it(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^storage\.url .*\.$") as caught:
        Database(StorageSettings(url=url))
    assert "hidden" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_write_that_fails_is_rolled_back(database: Database) -> None:
    with pytest.raises(StorageError), database.writing() as connection:  # noqa: PT012 - the second fails
        connection.execute(INSERT)
        connection.execute(INSERT)
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM applications")).scalar_one() == 0


def test_threads_that_read_and_then_write_lose_no_update(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    counter = table("counter", column("n"))

    def count() -> None:
        for _ in range(10):
            with database.writing() as connection:
                n = connection.execute(select(counter.c.n).with_for_update()).scalar_one()
                connection.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert connection.execute(text("SELECT n FROM counter")).scalar_one() == 40


def test_foreign_keys_hold(database: Database) -> None:
    with pytest.raises(StorageError), database.writing() as connection:
        connection.execute(INSERT_SECRET)


def test_an_empty_database_is_not_reachable_before_migrate(empty_storage: StorageSettings) -> None:
    with Database(empty_storage) as database:
        assert not database.is_reachable()
        database.migrate()
        assert database.is_reachable()


def test_a_database_that_was_not_migrated_is_not_reachable(tmp_path: Path) -> None:
    (tmp_path / "bonaface.db").touch()
    with database_in(tmp_path) as database:
        assert not database.is_reachable()


def test_reading_never_makes_the_file(tmp_path: Path) -> None:
    with database_in(tmp_path) as database, pytest.raises(StorageError), database.reading():
        pass
    assert list(tmp_path.iterdir()) == []


def test_one_beside_it_knows_the_same_of_its_breaker(database: Database, tmp_path: Path) -> None:
    with database.beside(1) as beside:
        assert beside.is_reachable()
        beside.breaker.failed(StorageAwayError("away"))
        assert database.breaker.is_open
        with database.writing():
            pass
        assert not beside.breaker.is_open
    with database_in(tmp_path / "missing") as missing, missing.beside(1) as beside:
        assert not beside.is_reachable()
        assert missing.breaker.is_open


def test_what_the_database_refuses_does_not_open_its_breaker(database: Database) -> None:
    with pytest.raises(StorageError), database.reading() as connection:
        connection.execute(text("SELECT secret FROM nowhere"))
    assert not database.breaker.is_open
