import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bonaface.accounts import keys
from bonaface.accounts.credentials import NOBODY, Slot
from bonaface.accounts.repository import ApplicationRepository
from bonaface.storage.database import Database
from bonaface.storage.tables import applications, secrets
from support.storage.accounts import ACTOR, statements

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def repository(database: Database) -> ApplicationRepository:
    return ApplicationRepository(database, clock=lambda: NOW)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def test_they_hold_the_application_and_both_slots(repository: ApplicationRepository) -> None:
    _, shop = (repository.create_application(name, actor=ACTOR) for name in ("Other", "Shop"))
    made, first, first_text = shop
    second, second_text = repository.add_secret(made.app_key, LATER, actor=ACTOR)
    found = repository.find_credentials(made.app_key)

    assert found.application == made
    assert found.slots == (Slot(first.id, _digest(first_text)), Slot(second.id, _digest(second_text), LATER))


def test_an_empty_slot_has_a_digest_that_fits_no_secret(repository: ApplicationRepository) -> None:
    made, first, text = repository.create_application("Shop", actor=ACTOR)

    assert repository.find_credentials(made.app_key).slots == (Slot(first.id, _digest(text)), Slot())
    assert Slot().digest == keys.NO_DIGEST


def test_a_revoked_secret_is_in_no_slot_and_its_application_still_found(
    repository: ApplicationRepository,
) -> None:
    made, first, _ = repository.create_application("Shop", actor=ACTOR)
    repository.revoke_secret(made.app_key, first.id, actor=ACTOR)

    assert repository.find_credentials(made.app_key).application == made
    assert repository.find_credentials(made.app_key).slots == (Slot(), Slot())


def test_an_expired_secret_is_read_like_a_live_one(
    repository: ApplicationRepository, database: Database
) -> None:
    """Whether it has expired is told after all was read, so that the reading tells nothing."""
    made, _, text = repository.create_application("Shop", actor=ACTOR)
    with database.writing() as connection:
        connection.execute(update(secrets).values(expires_at=NOW))

    assert repository.find_credentials(made.app_key).slots[0] == Slot(1, _digest(text), NOW)


@pytest.mark.parametrize("app_key", ["unknownUnknown16", "", "a\x00", "x" * 1000, "\ud800"])
def test_credentials_of_nobody_are_empty(repository: ApplicationRepository, app_key: str) -> None:
    for _ in range(3):  # with no application at all, with one, with two
        assert repository.find_credentials(app_key) == NOBODY
        repository.create_application("Shop", actor=ACTOR)


def test_the_oldest_application_need_not_be_the_first(
    repository: ApplicationRepository, database: Database
) -> None:
    made = [repository.create_application(name, actor=ACTOR)[0] for name in "ab"]
    with database.writing() as connection:
        connection.execute(secrets.delete())
        connection.execute(applications.delete().where(applications.c.id == made[0].id))

    assert repository.find_credentials(made[1].app_key).application == made[1]
    assert repository.find_credentials(made[0].app_key) == NOBODY


def test_one_statement_is_the_same_whatever_is_asked(
    repository: ApplicationRepository, database: Database
) -> None:
    shop, single = (
        repository.create_application(name, actor=ACTOR)[0].app_key for name in ("Shop", "Single")
    )
    repository.add_secret(shop, actor=ACTOR)
    seen_texts = set()
    for app_key in (shop, single, "unknownUnknown16", "", "\ud800", "x" * 1_000_000):
        with statements() as seen:
            repository.find_credentials(app_key)
        assert len(seen) == 1
        seen_texts.update(seen)

    assert len(seen_texts) == 1
