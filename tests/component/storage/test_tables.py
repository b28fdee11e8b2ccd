from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, Inspector, create_engine, insert, inspect, make_url, select, text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import StatementError

from bonaface.errors import StorageError
from bonaface.storage import postgresql
from bonaface.storage.database import Database
from bonaface.storage.tables import (
    UtcDateTime,
    applications,
    audit,
    database_identity,
    metadata,
    policies,
    policy_versions,
    secrets,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)


@pytest.fixture
def database(database: Database) -> Database:
    """One with an application in it."""
    _add_application(database, "k", NOW)
    return database


@pytest.fixture
def declared(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database of the same engine, made from tables.py without any revision."""
    url = make_url(f"sqlite:///{tmp_path}/declared.db")
    if database.dialect == "postgresql":
        url = postgresql.url_of(make_url(request.getfixturevalue("postgres_server").create()))
    engine = create_engine(url)
    metadata.create_all(engine)
    yield engine
    engine.dispose()


def _add_application(database: Database, app_key: str, created_at: datetime, state: str = "active") -> None:
    with database.writing() as connection:
        connection.execute(
            insert(applications).values(
                app_key=app_key, name="n", note="", state=state, created_at=created_at
            )
        )


def _parts(connection: Connection) -> dict[str, list[str]]:
    """Every column, key, constraint and index by table, in words that can be compared."""
    inspector = inspect(connection)
    return {
        name: sorted(_facts(inspector, name))
        for name in inspector.get_table_names()
        if name in metadata.tables
    }


def _facts(inspector: Inspector, table: str) -> Iterator[str]:
    for column in inspector.get_columns(table):
        yield f"column {column['name']} {column['type']!r} null={column['nullable']}"
    yield f"primary key {inspector.get_pk_constraint(table)}"
    for kind in ("foreign_keys", "unique_constraints", "check_constraints", "indexes"):
        yield from (f"{kind} {_plain(fact)}" for fact in getattr(inspector, f"get_{kind}")(table))


def _plain(fact: object) -> object:
    """Dictionaries without the objects in them, which are never equal."""
    return {key: _plain(value) for key, value in fact.items()} if isinstance(fact, dict) else str(fact)


def test_the_revisions_and_the_tables_agree(database: Database, declared: Engine) -> None:
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        migrated = _parts(connection)
    with declared.connect() as connection:
        assert migrated == _parts(connection)


def test_times_come_back_as_they_went_in_in_utc(database: Database) -> None:
    _add_application(database, "s", NOW.astimezone(timezone(timedelta(hours=9))))
    with database.reading() as connection:
        found = connection.execute(select(applications.c.created_at)).scalars().all()
        raw = set(connection.execute(text("SELECT created_at FROM applications")).scalars().all())

    assert found == [NOW, NOW]
    assert [time.tzinfo for time in found if time] == [UTC, UTC]
    assert raw == ({"2026-01-02 03:04:05.000678"} if database.dialect == "sqlite" else {NOW})


def test_times_that_a_database_gives_with_their_zone_come_back_in_utc() -> None:
    seoul = NOW.astimezone(timezone(timedelta(hours=9)))
    found = UtcDateTime().process_result_value(seoul, DefaultDialect())

    assert found == NOW
    assert found is not None
    assert found.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StorageError) as caught:
        _add_application(database, "s", NOW.replace(tzinfo=None))
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
    with pytest.raises(StorageError):
        _add_application(database, app_key, NOW, state)


@pytest.mark.parametrize("wrong", range(3))
def test_the_audit_trail_takes_new_rows_only(database: Database, wrong: int) -> None:
    row = {"at": NOW, "actor": "a", "action": "b", "target": "c", "detail": "{}", "origin": "d"}
    with database.writing() as connection:
        connection.execute(insert(audit).values(**row))
    with pytest.raises(StorageError) as caught, database.writing() as connection:
        connection.execute(text(CHANGES[database.dialect][wrong]))

    assert "audit is append-only" in str(caught.value.__cause__)
    with database.writing() as connection:
        connection.execute(insert(audit).values(**row))
        assert connection.execute(select(audit.c.actor)).scalars().all() == ["a", "a"]


@pytest.mark.parametrize("wrong", range(3))
def test_versions_of_policies_are_never_changed(database: Database, wrong: int) -> None:
    row = {"policy_id": 1, "reject_below": 0.2, "accept_from": 0.8, "note": "", "created_at": NOW}
    with database.writing() as connection:
        connection.execute(insert(policies).values(name="staff", created_at=NOW))
        connection.execute(insert(policy_versions).values(version=1, **row))
    with pytest.raises(StorageError) as caught, database.writing() as connection:
        connection.execute(text(VERSION_CHANGES[database.dialect][wrong]))

    assert "policy_versions is append-only" in str(caught.value.__cause__)
    with database.writing() as connection:
        connection.execute(insert(policy_versions).values(version=2, **row))
        assert connection.execute(select(policy_versions.c.accept_from)).scalars().all() == [0.8, 0.8]


@pytest.mark.parametrize("row", [{"id": 1}, {"id": 2}])
def test_a_database_has_one_id(database: Database, row: dict[str, int]) -> None:
    with pytest.raises(StorageError), database.writing() as connection:
        connection.execute(insert(database_identity).values(database_id="a", **row))


VERSION_CHANGES = {
    "sqlite": (
        "UPDATE policy_versions SET accept_from = 0.9",
        "DELETE FROM policy_versions",
        "INSERT OR REPLACE INTO policy_versions SELECT policy_id, version, 0.1, 0.9, note, created_at"
        " FROM policy_versions",
    ),
    "postgresql": (
        "UPDATE policy_versions SET accept_from = 0.9",
        "DELETE FROM policy_versions",
        "TRUNCATE policy_versions",
    ),
}
CHANGES = {
    "sqlite": (
        "UPDATE audit SET actor = 'x'",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT id, at, 'x', action, target, detail, origin FROM audit",
    ),
    "postgresql": ("UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit"),
}
