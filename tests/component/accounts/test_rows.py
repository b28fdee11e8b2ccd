"""What `lock_application` is for; everything else of the file is tested through the repository."""

import threading

import pytest

from bonaface.accounts.application import UnknownApplicationError
from bonaface.accounts.repository import ApplicationRepository
from bonaface.accounts.rows import get_application, lock_application
from bonaface.storage.database import Database
from support.storage.accounts import ACTOR


def test_a_locked_application_waits_for_the_other_transaction(
    database: Database, repository: ApplicationRepository
) -> None:
    app_key = repository.create_application("Shop", actor=ACTOR)[0].app_key
    order: list[str] = []

    def edit() -> None:
        repository.edit_application(app_key, note="second", actor=ACTOR)
        order.append("second")

    thread = threading.Thread(target=edit)
    with database.writing() as connection:
        lock_application(connection, app_key)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        order.append("first")
    thread.join()

    assert order == ["first", "second"]


def test_reading_does_not_wait(database: Database, repository: ApplicationRepository) -> None:
    made = repository.create_application("Shop", actor=ACTOR)[0]
    with database.writing() as connection:
        lock_application(connection, made.app_key)
        with database.reading() as other:
            assert get_application(other, made.app_key) == made


def test_what_is_not_there_cannot_be_locked(database: Database) -> None:
    with database.writing() as connection, pytest.raises(UnknownApplicationError):
        lock_application(connection, "unknownUnknown16")
