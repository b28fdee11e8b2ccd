"""Who sends right keys is not kept by those who send wrong ones."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from bonaface.accounts.application import Application
from bonaface.accounts.authenticator import Authenticator
from bonaface.accounts.credential_cache import RENEW_AFTER, TIME_TO_LIVE, CredentialCache
from bonaface.accounts.credentials import Credentials
from bonaface.accounts.key_checks import UNKNOWN_KEYS, KeyChecks
from bonaface.accounts.repository import ApplicationRepository
from bonaface.errors import UnauthorizedError
from bonaface.storage.breaker import CircuitBreaker
from bonaface.storage.database import Database
from support.clocks import Clock
from support.storage.accounts import ACTOR, statements
from support.waiting import wait_until

UNKNOWN = "unknownUnknown16"


class Slow(ApplicationRepository):
    """Look-ups of one appKey take until told otherwise."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.slow = UNKNOWN
        self.began = threading.Semaphore(0)
        self.gate = threading.Event()

    def find_credentials(self, app_key: str) -> Credentials:
        if app_key == self.slow:
            self.began.release()
            assert self.gate.wait(20)
        return super().find_credentials(app_key)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def repository(database: Database) -> Iterator[Slow]:
    repository = Slow(database)
    yield repository
    repository.gate.set()


@pytest.fixture
def shop(repository: Slow) -> tuple[Application, str]:
    application, _, secret = repository.create_application("Shop", actor=ACTOR)
    return application, secret


@pytest.fixture
def verified(clock: Clock) -> CredentialCache:
    return CredentialCache(clock=clock)


@pytest.fixture
def checks(repository: Slow, verified: CredentialCache) -> Iterator[KeyChecks]:
    checks = KeyChecks(Authenticator(repository, verified), CircuitBreaker())
    yield checks
    checks.close()


def ends(verified: CredentialCache) -> list[float]:
    """Until when each key is remembered."""
    return [entry.expires for entry in list(verified._entries.values())]


def test_keys_in_use_are_renewed_before_their_time_is_over(
    checks: KeyChecks, verified: CredentialCache, clock: Clock, shop: tuple[Application, str]
) -> None:
    application, secret = shop
    first = asyncio.run(checks.authenticate(application.app_key, secret))
    for _ in range(4):
        clock.time += RENEW_AFTER - 0.01
        with statements() as seen:
            assert checks.recall(application.app_key, secret) == first
        assert seen == []
        clock.time += 0.01
        with statements() as seen:
            for _ in range(3):
                assert checks.recall(application.app_key, secret) == first
            wait_until(
                lambda: any(
                    each.expires == clock.time + TIME_TO_LIVE for each in list(verified._entries.values())
                )
            )
        assert len(seen) == 1


def test_a_disabled_key_that_is_renewed_is_refused_at_once(
    checks: KeyChecks, clock: Clock, repository: Slow, shop: tuple[Application, str]
) -> None:
    application, secret = shop
    asyncio.run(checks.authenticate(application.app_key, secret))
    repository.disable_application(application.app_key, actor=ACTOR)
    clock.time += RENEW_AFTER
    assert checks.recall(application.app_key, secret) is not None
    wait_until(lambda: checks.recall(application.app_key, secret) is None)
    assert not checks._authenticator.was_right(application.app_key, secret)
    with pytest.raises(UnauthorizedError):
        asyncio.run(checks.authenticate(application.app_key, secret))


@pytest.mark.parametrize("wrong", ["unknown appKey", "wrong secret"])
def test_strangers_keep_nobody_whose_keys_were_right_once(
    checks: KeyChecks, clock: Clock, repository: Slow, shop: tuple[Application, str], wrong: str
) -> None:
    """They have as many places, and wait for them the same, whether they name an appKey or invent one."""
    application, secret = shop
    other, _, other_secret = repository.create_application("Other", actor=ACTOR)
    given = (UNKNOWN, secret) if wrong == "unknown appKey" else (other.app_key, "wrong")

    async def stranger() -> None:
        with suppress(UnauthorizedError):
            await checks.authenticate(*given)

    async def test() -> None:
        await checks.authenticate(application.app_key, secret)
        clock.time += TIME_TO_LIVE
        assert checks.recall(application.app_key, secret) is None
        repository.slow = given[0]
        strangers = [asyncio.create_task(stranger()) for _ in range(UNKNOWN_KEYS + 1)]
        for _ in range(UNKNOWN_KEYS):
            assert await asyncio.to_thread(repository.began.acquire, timeout=60)
        assert not repository.began.acquire(blocking=False)
        caller = await checks.authenticate(application.app_key, secret)
        assert caller.application == application
        repository.gate.set()
        await asyncio.gather(*strangers)

    asyncio.run(test())
    assert asyncio.run(checks.authenticate(other.app_key, other_secret)).application == other


def test_there_is_nothing_to_renew_for_keys_that_are_wrong(
    checks: KeyChecks, shop: tuple[Application, str]
) -> None:
    application, _ = shop
    with statements() as seen:
        assert checks.recall(application.app_key, "wrong") is None
        assert checks.recall(UNKNOWN, "wrong") is None
    assert seen == []
