from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, insert, inspect, select, text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import StatementError

from bonaface.errors import StorageError
from bonaface.storage.database import Database
from bonaface.storage.tables import UtcDateTime, applications, metadata, secrets
from support.accounts import database_in

NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with database_in(tmp_path) as database:
        database.migrate()
        with database.writing() as connection:
            connection.execute(
                insert(applications).values(
                    id=1, app_key="k", name="n", note="", state="active", created_at=NOW
                )
            )
        yield database


@pytest.fixture
def declared(tmp_path: Path) -> Iterator[Engine]:
    """A database made from tables.py without any revision."""
    engine = create_engine(f"sqlite:///{tmp_path}/declared.db")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


def _parts(statements: list[str]) -> set[str]:
    """The columns, constraints and indexes of CREATE statements, whatever their order."""
    return {line.strip().rstrip(",") for statement in statements for line in statement.splitlines()}


MASTER = text("SELECT sql FROM sqlite_master WHERE name NOT LIKE 'alembic%' AND sql IS NOT NULL")


def test_the_revisions_and_the_tables_agree(database: Database, declared: Engine) -> None:
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        migrated = connection.execute(MASTER).scalars().all()
    with declared.connect() as connection:
        assert _parts(list(migrated)) == _parts(list(connection.execute(MASTER).scalars().all()))
        assert set(inspect(connection).get_table_names()) == {"applications", "secrets"}


def test_times_come_back_as_they_went_in_in_utc(database: Database) -> None:
    seoul = timezone(timedelta(hours=9))
    with database.writing() as connection:
        connection.execute(
            insert(applications).values(
                app_key="s", name="n", note="", state="active", created_at=NOW.astimezone(seoul)
            )
        )
        found = connection.execute(select(applications.c.created_at)).scalars().all()
        raw = set(connection.execute(text("SELECT created_at FROM applications")).scalars().all())

    assert found == [NOW, NOW]
    assert [time.tzinfo for time in found if time] == [UTC, UTC]
    assert raw == {"2026-01-02 03:04:05.000678"}


def test_times_that_a_database_gives_with_their_zone_come_back_in_utc() -> None:
    seoul = NOW.astimezone(timezone(timedelta(hours=9)))
    found = UtcDateTime().process_result_value(seoul, DefaultDialect())

    assert found == NOW
    assert found is not None
    assert found.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StorageError) as caught, database.writing() as connection:
        connection.execute(
            insert(applications).values(
                app_key="s", name="n", note="", state="active", created_at=NOW.replace(tzinfo=None)
            )
        )
    assert isinstance(caught.value.__cause__, StatementError)


def test_times_may_be_missing_where_the_column_lets_them(database: Database) -> None:
    _add_secret(database, 1)
    with database.reading() as connection:
        row = connection.execute(select(secrets)).one()

    assert (row.expires_at, row.revoked_at, row.last_used_at) == (None, None, None)


def _add_secret(database: Database, slot: int, revoked_at: datetime | None = None) -> None:
    with database.writing() as connection:
        connection.execute(
            insert(secrets).values(
                application_id=1, slot=slot, digest=b"d" * 32, created_at=NOW, revoked_at=revoked_at
            )
        )


def test_an_application_has_two_live_secrets_at_most_and_any_number_of_revoked_ones(
    database: Database,
) -> None:
    for _ in range(3):
        _add_secret(database, 1, revoked_at=NOW)
    _add_secret(database, 1)
    _add_secret(database, 2)
    for slot in (0, 1, 2, 3):
        with pytest.raises(StorageError):
            _add_secret(database, slot)


@pytest.mark.parametrize(("app_key", "state"), [("k", "active"), ("other", "asleep")])
def test_an_app_key_is_unique_and_a_state_known(database: Database, app_key: str, state: str) -> None:
    with pytest.raises(StorageError), database.writing() as connection:
        connection.execute(
            insert(applications).values(app_key=app_key, name="n", note="", state=state, created_at=NOW)
        )
