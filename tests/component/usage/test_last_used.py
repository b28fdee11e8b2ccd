"""When a secret was last used."""

from datetime import UTC, datetime, timedelta

import pytest

from bonaface.accounts.repository import ApplicationRepository
from bonaface.storage.database import Database
from bonaface.usage import last_used as module
from bonaface.usage.last_used import LastUsed, mark_used
from bonaface.usage.types import Reply, ReplyLabel
from support.storage.accounts import ACTOR, statements

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)


def reply(secret: int | None, at: datetime = NOON) -> Reply:
    return Reply(1, secret, ReplyLabel.FACES, 1, 0, 5, at)


@pytest.mark.parametrize("seconds", [-1, 1])
def test_a_secret_keeps_its_latest_use(
    database: Database, repository: ApplicationRepository, seconds: int
) -> None:
    application, secret, _ = repository.create_application("shop", actor=ACTOR)
    again = NOON + timedelta(seconds=seconds)
    for at in (NOON, again):
        with database.writing() as connection:
            mark_used(connection, {secret.id: at})
    (found,) = repository.secrets_of(application.app_key)
    assert found.last_used_at == max(NOON, again)


def test_no_secret_needs_no_statement(database: Database) -> None:
    with database.writing() as connection, statements() as seen:
        mark_used(connection, {})
    assert seen == []


def test_one_is_due_once_a_minute_and_none_without_a_secret() -> None:
    used = LastUsed()
    for seconds, due in ((0, True), (59, False), (60, True), (61, False)):
        at = NOON + timedelta(seconds=seconds)
        found = used.due([reply(7, at), reply(None, at)])
        assert found == ({7: at} if due else {})
        used.remember(found)


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SECRETS", 2)
    used = LastUsed()
    for secret in (1, 2, 3):
        used.remember(used.due([reply(secret), reply(secret, NOON - timedelta(seconds=1))]))
    assert used.due([reply(secret) for secret in (1, 2, 3)]) == {1: NOON}
