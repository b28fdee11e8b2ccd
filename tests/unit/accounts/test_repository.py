import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bonaface.accounts.application import Application, State, UnknownApplicationError
from bonaface.accounts.repository import ApplicationRepository
from bonaface.errors import InvalidParameterError, StorageError
from bonaface.storage.database import Database
from bonaface.storage.tables import secrets
from support.accounts import database_in, statements

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_new_application_is_active_and_found_again(database: Database) -> None:
    repository = ApplicationRepository(database, clock=lambda: NOW)
    made, secret = repository.create_application(" Shop ", "the note")

    assert made == Application(made.app_key, "Shop", "the note", State.ACTIVE, NOW)
    assert repository.get_application(made.app_key) == made
    assert repository.list_applications() == [made]
    assert len(secret) == 43


def test_the_secret_is_kept_only_as_its_hash(database: Database, tmp_path: Path) -> None:
    repository = ApplicationRepository(database)
    made, secret = repository.create_application("Shop")

    assert repository.find_credentials(made.app_key).digests == (hashlib.sha256(secret.encode()).digest(),)
    database.close()
    assert all(secret.encode() not in path.read_bytes() for path in (tmp_path / "store").iterdir())
    assert any(made.app_key.encode() in path.read_bytes() for path in (tmp_path / "store").iterdir())


def test_another_process_sees_it(repository: ApplicationRepository, tmp_path: Path) -> None:
    made, _ = repository.create_application("Shop")

    with database_in(tmp_path / "store") as other:
        assert ApplicationRepository(other).get_application(made.app_key) == made


def test_applications_are_listed_oldest_first(repository: ApplicationRepository) -> None:
    made = [repository.create_application(name)[0] for name in ("c", "a", "b", "a")]

    assert repository.list_applications() == made
    assert len({application.app_key for application in made}) == 4


@pytest.mark.parametrize(("name", "note"), [("", ""), ("a\nb", ""), ("a", "x" * 1001)])
def test_a_bad_name_or_note_makes_nothing(repository: ApplicationRepository, name: str, note: str) -> None:
    with pytest.raises(InvalidParameterError):
        repository.create_application(name, note)
    assert repository.list_applications() == []


def test_disable_stops_one_application_and_may_be_repeated(repository: ApplicationRepository) -> None:
    one, _ = repository.create_application("one")
    other, _ = repository.create_application("other")

    for _ in range(2):
        disabled = repository.disable_application(one.app_key)
        assert disabled.state is State.DISABLED
        assert repository.get_application(one.app_key) == disabled
    assert repository.get_application(other.app_key).state is State.ACTIVE


@pytest.mark.parametrize(
    "app_key", ["unknownUnknown16", "", "a\x00", "\ud800", "x" * 1_000_000, "' OR 1=1 --"]
)
def test_an_unknown_application_is_named_as_that(repository: ApplicationRepository, app_key: str) -> None:
    repository.create_application("one")

    with pytest.raises(UnknownApplicationError, match=r"^No application has this appKey"):
        repository.get_application(app_key)
    with pytest.raises(UnknownApplicationError):
        repository.disable_application(app_key)
    assert [found.state for found in repository.list_applications()] == [State.ACTIVE]


@pytest.mark.parametrize("app_key", ["unknownUnknown16", "", "a\x00", "x" * 1000])
def test_credentials_of_nobody_are_empty(repository: ApplicationRepository, app_key: str) -> None:
    for _ in range(2):  # with no application at all, then with some
        found = repository.find_credentials(app_key)
        assert found.application is None
        assert found.digests == ()
        repository.create_application("Shop")


def test_credentials_hold_live_secrets_only(database: Database) -> None:
    repository = ApplicationRepository(database, clock=lambda: NOW)
    made, _ = repository.create_application("Shop")
    first = repository.find_credentials(made.app_key).digests
    row = {"application_id": 1, "slot": 2, "created_at": NOW, "expires_at": NOW + timedelta(seconds=1)}
    with database.writing() as connection:
        connection.execute(insert(secrets).values(**row, digest=b"2" * 32))
        connection.execute(insert(secrets).values(**row, digest=b"r" * 32, revoked_at=NOW))
    assert set(repository.find_credentials(made.app_key).digests) == {*first, b"2" * 32}

    later = ApplicationRepository(database, clock=lambda: NOW + timedelta(seconds=1))
    assert later.find_credentials(made.app_key).digests == first


def test_an_application_without_live_secrets_is_still_found(database: Database) -> None:
    repository = ApplicationRepository(database)
    made, _ = repository.create_application("Shop")
    with database.writing() as connection:
        connection.execute(update(secrets).values(revoked_at=NOW))

    assert repository.find_credentials(made.app_key).application == made
    assert repository.find_credentials(made.app_key).digests == ()


def test_credentials_take_one_statement_whatever_is_asked(repository: ApplicationRepository) -> None:
    made, _ = repository.create_application("Shop")
    texts = set()
    for app_key in (made.app_key, "unknownUnknown16", "", "\ud800", "x" * 1_000_000):
        with statements() as seen:
            repository.find_credentials(app_key)
        assert len(seen) == 1
        texts.update(seen)

    assert len(texts) == 1


def test_half_an_application_is_never_left(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = ApplicationRepository(database)
    monkeypatch.setattr("bonaface.accounts.keys.digest_of", lambda _: None)  # a digest may not be missing

    with pytest.raises(StorageError):
        repository.create_application("Shop")
    assert repository.list_applications() == []
    with database.reading() as connection:
        assert connection.execute(select(secrets)).all() == []
