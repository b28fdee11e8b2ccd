"""Capture tokens on both engines: whose they are, when they end, and that each use is one."""

import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bonaface.accounts.application import Caller
from bonaface.accounts.capture_tokens import CaptureTokens, is_capture_token
from bonaface.accounts.repository import ApplicationRepository
from bonaface.errors import UnauthorizedError
from bonaface.storage.database import Database
from bonaface.storage.tables import capture_tokens
from support.storage.accounts import ACTOR

MINUTE = timedelta(minutes=1)


class Clock:
    """The time of day, which a test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def applications(database: Database, clock: Clock) -> ApplicationRepository:
    return ApplicationRepository(database, clock.now)


@pytest.fixture
def caller(applications: ApplicationRepository) -> Caller:
    application, secret, _ = applications.create_application("shop", actor=ACTOR)
    return Caller(application, secret.id)


@pytest.fixture
def tokens(database: Database, clock: Clock) -> CaptureTokens:
    return CaptureTokens(database, clock.now)


@pytest.fixture
def two(database: Database, clock: Clock) -> Iterator[tuple[CaptureTokens, CaptureTokens]]:
    """As two replicas have them."""
    with database.beside(2) as other:
        yield CaptureTokens(database, clock.now), CaptureTokens(other, clock.now)


def assert_dead(tokens: CaptureTokens, text: str) -> None:
    with pytest.raises(UnauthorizedError, match="capture token"):
        tokens.find(text)


def token_id_of(found: Caller) -> int:
    assert found.token_id is not None
    return found.token_id


def test_a_token_is_of_its_application_and_kept_as_its_hash(
    tokens: CaptureTokens, caller: Caller, database: Database, clock: Clock
) -> None:
    token, text = tokens.create(caller, 3, MINUTE)
    assert (token.uses, token.expires_at) == (3, clock.at + MINUTE)
    assert re.fullmatch(r"bfc_[A-Za-z0-9_-]{43}", text)
    assert is_capture_token(text)
    found = tokens.find(text)
    assert (found.application, found.secret_id) == (caller.application, caller.secret_id)
    with database.reading() as connection:
        row = connection.execute(select(capture_tokens)).one()
    assert row.digest == hashlib.sha256(text.encode()).digest()
    assert text not in map(str, row)


@pytest.mark.parametrize("given", ["", "bfc_", "bfc_" + "a" * 43, "\0", "\ud800", "x" * 100_000])
def test_what_is_no_token_is_refused(tokens: CaptureTokens, caller: Caller, given: str) -> None:
    tokens.create(caller, 1, MINUTE)
    assert_dead(tokens, given)


def test_it_ends_with_its_time(tokens: CaptureTokens, caller: Caller, clock: Clock) -> None:
    _, text = tokens.create(caller, 1, MINUTE)
    found = tokens.find(text)
    clock.at += MINUTE
    assert_dead(tokens, text)
    with pytest.raises(UnauthorizedError):
        tokens.spend(token_id_of(found))


def test_it_ends_with_its_application_and_lives_again_with_it(
    tokens: CaptureTokens, caller: Caller, applications: ApplicationRepository
) -> None:
    _, text = tokens.create(caller, 1, MINUTE)
    applications.disable_application(caller.application.app_key, actor=ACTOR)
    assert_dead(tokens, text)
    applications.enable_application(caller.application.app_key, actor=ACTOR)
    tokens.find(text)


def test_it_ends_with_the_secret_that_asked_for_it(
    tokens: CaptureTokens, caller: Caller, applications: ApplicationRepository
) -> None:
    app_key = caller.application.app_key
    other, _ = applications.add_secret(app_key, actor=ACTOR)
    _, of_first = tokens.create(caller, 1, MINUTE)
    _, of_other = tokens.create(Caller(caller.application, other.id), 1, MINUTE)
    applications.revoke_secret(app_key, caller.secret_id, actor=ACTOR)
    assert_dead(tokens, of_first)
    tokens.find(of_other)


def test_it_ends_with_the_expiry_of_its_secret(
    tokens: CaptureTokens, caller: Caller, applications: ApplicationRepository, clock: Clock
) -> None:
    secret, _ = applications.add_secret(caller.application.app_key, clock.at + MINUTE / 2, actor=ACTOR)
    _, text = tokens.create(Caller(caller.application, secret.id), 1, MINUTE)
    tokens.find(text)
    clock.at += MINUTE / 2
    assert_dead(tokens, text)


def test_each_use_is_one_however_many_replicas_take_them_at_once(
    two: tuple[CaptureTokens, CaptureTokens], caller: Caller
) -> None:
    _, text = two[0].create(caller, 5, MINUTE)
    token_id = token_id_of(two[1].find(text))

    def spend(number: int) -> bool:
        try:
            two[number % 2].spend(token_id)
        except UnauthorizedError:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(spend, range(12))) == 5
    assert_dead(two[0], text)
