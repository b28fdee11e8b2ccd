import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, text

from bonaface.accounts import keys
from bonaface.accounts.application import Application, Caller, State
from bonaface.accounts.authenticator import Authenticator
from bonaface.accounts.repository import ApplicationRepository
from bonaface.errors import StorageError, UnauthorizedError
from bonaface.settings import StorageSettings
from bonaface.storage import upgrade
from bonaface.storage.database import Database
from bonaface.storage.tables import metadata
from bonaface.usage.exactly_once import ExactlyOnceWriter
from bonaface.usage.upserts import UsageWriter
from support.storage.accounts import ACTOR
from support.storage.replies import batch, counted

TABLES = {"alembic_version", *metadata.tables}
MADE = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
OLD_APPLICATIONS = [
    {
        "id": 1,
        "app_key": "shop",
        "name": "가게 <b>",
        "note": "its note",
        "state": "active",
        "created_at": MADE,
    },
    {"id": 2, "app_key": "gone", "name": "Gone", "note": "", "state": "disabled", "created_at": MADE},
]
OLD_SECRETS = [
    {"id": 1, "application_id": 1, "slot": 1, "digest": keys.digest_of("first"), "created_at": MADE},
    {"id": 2, "application_id": 1, "slot": 2, "digest": keys.digest_of("second"), "created_at": MADE},
    {
        "id": 3,
        "application_id": 1,
        "slot": 1,
        "digest": keys.digest_of("revoked"),
        "created_at": MADE,
        "revoked_at": MADE,
    },
    {"id": 4, "application_id": 2, "slot": 1, "digest": keys.digest_of("gone"), "created_at": MADE},
]


@pytest.fixture
def empty(empty_storage: StorageSettings) -> Iterator[Database]:
    """A database that is not migrated, on both engines."""
    if empty_storage.url is None:
        empty_storage.directory.mkdir(mode=0o700)
        (empty_storage.directory / "bonaface.db").touch(mode=0o600)
    with Database(empty_storage) as database:
        yield database


def _tables(database: Database) -> set[str]:
    with database.reading() as connection:
        return set(inspect(connection).get_table_names())


def _to(database: Database, revision: str) -> None:
    with database.writing() as connection:
        command.upgrade(upgrade.configuration(connection), revision)


def test_an_empty_database_gets_every_table(empty: Database) -> None:
    empty.migrate()

    assert _tables(empty) == TABLES


def test_the_revisions_form_one_line_and_are_found_in_the_package(database: Database) -> None:
    with database.reading() as connection:
        scripts = ScriptDirectory.from_config(upgrade.configuration(connection))

        assert upgrade.revision_of(connection) == upgrade.head()

    assert len(scripts.get_bases()) == 1
    assert scripts.get_heads() == [upgrade.head()]


def test_a_database_that_is_up_to_date_needs_no_alembic(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("there is nothing to upgrade")

    monkeypatch.setattr(command, "upgrade", refuse)
    database.migrate()


def test_a_database_that_was_never_here_has_no_revision(empty: Database) -> None:
    with empty.reading() as connection:
        assert upgrade.revision_of(connection) is None


def test_every_revision_can_be_taken_back_and_run_again(database: Database) -> None:
    with database.writing() as connection:
        command.downgrade(upgrade.configuration(connection), "base")
    assert _tables(database) == {"alembic_version"}

    database.migrate()
    assert _tables(database) == TABLES


def test_a_database_of_the_first_release_keeps_its_keys(empty: Database) -> None:
    _to(empty, "0001")
    with empty.writing() as connection:
        for row in OLD_APPLICATIONS:
            connection.execute(insert(metadata.tables["applications"]).values(row))
        for row in OLD_SECRETS:
            connection.execute(insert(metadata.tables["secrets"]).values(row))
    empty.migrate()

    repository = ApplicationRepository(empty)
    shop = Application(1, "shop", "가게 <b>", "its note", State.ACTIVE, MADE)
    assert list(repository.list_applications()) == [
        shop,
        Application(2, "gone", "Gone", "", State.DISABLED, MADE),
    ]
    authenticator = Authenticator(repository)
    assert authenticator.authenticate("shop", "first") == Caller(shop, 1)
    assert authenticator.authenticate("shop", "second") == Caller(shop, 2)
    for app_key, secret in [("shop", "revoked"), ("gone", "gone"), ("shop", "gone")]:
        with pytest.raises(UnauthorizedError):
            authenticator.authenticate(app_key, secret)


def test_a_database_of_the_first_release_goes_on_counting_ids(empty: Database) -> None:
    """Whoever was made before is not mixed up with whoever is made after."""
    _to(empty, "0001")
    with empty.writing() as connection:
        old = {key: value for key, value in OLD_APPLICATIONS[0].items() if key != "id"}
        connection.execute(insert(metadata.tables["applications"]).values(old))
    empty.migrate()
    made, secret, _ = ApplicationRepository(empty).create_application("new", actor=ACTOR)

    assert (made.id, secret.id) == (2, 1)


def test_a_database_of_the_second_release_keeps_its_usage(empty: Database) -> None:
    _to(empty, "0002")
    with empty.writing() as connection:
        UsageWriter(empty.dialect).write(connection, batch(1, 7).replies)
    empty.migrate()
    assert counted(empty) == 7
    ExactlyOnceWriter(empty).write("w", [batch(1, 3)])
    assert counted(empty) == 10


def test_a_database_of_the_third_release_gets_an_id_and_keeps_it(empty: Database) -> None:
    _to(empty, "0003")
    empty.migrate()
    first = empty.identity()
    assert re.fullmatch("[0-9a-f]{32}", first)
    empty.migrate()
    assert empty.identity() == first


def test_a_newer_database_is_refused_and_left_alone(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'of the future'"))

    with pytest.raises(StorageError, match="newer version of bonaface"):
        database.migrate()
    with database.reading() as connection:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    assert version == "of the future"


def test_who_only_checks_waits_for_the_command(empty_storage: StorageSettings) -> None:
    checking = empty_storage.model_copy(update={"migrate": "check"})
    with Database(checking) as database:
        with pytest.raises(StorageError, match=r"is empty and .* needs 00\d\d: run `bonaface migrate`"):
            database.prepare()
        assert database.version() is None
        database.migrate()
        database.prepare()
        _to_older(database)
        with pytest.raises(StorageError, match=r"is at 0001 and .* run `bonaface migrate`"):
            database.prepare()


def test_who_only_checks_leaves_a_newer_database_alone(storage: StorageSettings) -> None:
    with Database(storage.model_copy(update={"migrate": "check"})) as database:
        with database.writing() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(StorageError, match="newer version of bonaface"):
            database.prepare()


def test_whoever_starts_first_migrates_unless_told_otherwise(empty: Database) -> None:
    empty.prepare()
    assert empty.version() == upgrade.head()


def _to_older(database: Database) -> None:
    with database.writing() as connection:
        command.downgrade(upgrade.configuration(connection), "0001")
