from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from bonaface.errors import StorageError
from bonaface.storage import upgrade
from bonaface.storage.database import Database
from support.accounts import database_in


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with database_in(tmp_path) as database:
        database.migrate()
        yield database


def _tables(database: Database) -> set[str]:
    with database.reading() as connection:
        return set(
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        )


def test_an_empty_database_gets_every_table(database: Database) -> None:
    assert _tables(database) == {"alembic_version", "applications", "secrets"}


def test_the_revisions_form_one_line_and_are_found_in_the_package(database: Database) -> None:
    with database.reading() as connection:
        scripts = ScriptDirectory.from_config(upgrade.configuration(connection))

    assert len(scripts.get_heads()) == len(scripts.get_bases()) == 1


def test_every_revision_can_be_taken_back_and_run_again(database: Database) -> None:
    with database.writing() as connection:
        command.downgrade(upgrade.configuration(connection), "base")
    assert _tables(database) == {"alembic_version"}

    database.migrate()
    assert _tables(database) == {"alembic_version", "applications", "secrets"}


def test_a_newer_database_is_refused_and_left_alone(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'of the future'"))

    with pytest.raises(StorageError, match="newer version of bonaface"):
        database.migrate()
    with database.reading() as connection:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    assert version == "of the future"
