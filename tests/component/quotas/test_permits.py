"""Rate and month of one request."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bonaface.accounts.application import Application, Quota, State
from bonaface.errors import OverloadedError
from bonaface.quotas import permits as module
from bonaface.quotas.monthly_quota import MonthExceededError, MonthlyQuota, Reservation
from bonaface.quotas.permits import Permits
from bonaface.quotas.rate_limiter import RateExceededError, RateLimiter
from bonaface.storage.database import Database
from bonaface.usage.ledger import Ledger
from support.storage.accounts import statements

FREE = Application(1, "shop", "Shop", "", State.ACTIVE, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    ledger = Ledger(database)
    yield ledger
    ledger.close()


@pytest.fixture(params=["memory", "database"])
def permits(request: pytest.FixtureRequest, database: Database, ledger: Ledger) -> Iterator[Permits]:
    permits = Permits(RateLimiter(request.param, database), MonthlyQuota(database, ledger), database.breaker)
    yield permits
    permits.close()


def admit(permits: Permits, quota: Quota) -> Reservation | None:
    return asyncio.run(permits.admit(replace(FREE, quota=quota)))


def test_without_limits_there_is_nothing_to_do(permits: Permits) -> None:
    before = threading.active_count()
    with statements() as seen:
        assert admit(permits, Quota()) is None
    assert seen == []
    assert threading.active_count() == before


def test_a_rate_holds(permits: Permits) -> None:
    assert admit(permits, Quota(rate=1, burst=60)) is None
    for _ in range(59):
        admit(permits, Quota(rate=1, burst=60))
    with pytest.raises(RateExceededError):
        admit(permits, Quota(rate=1, burst=60))


def test_a_silent_store_lets_pass_and_a_flood_does_not(
    database: Database, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits for a place is not counted yet: letting it pass would let a flood pass."""
    answers, limiter = threading.Event(), RateLimiter("database", database)
    monkeypatch.setattr(limiter, "check", lambda _: answers.wait(20))
    monkeypatch.setattr(module, "RATES", 1)
    monkeypatch.setattr(module, "RATE_SECONDS", 0.05)
    permits = Permits(limiter, MonthlyQuota(database, ledger), database.breaker)

    async def two() -> list[object]:
        rated = replace(FREE, quota=Quota(rate=1))
        return list(await asyncio.gather(permits.admit(rated), permits.admit(rated), return_exceptions=True))

    passed, refused = asyncio.run(two())
    answers.set()
    permits.close()
    assert passed is None
    assert isinstance(refused, OverloadedError)


def test_a_month_holds_until_the_reservation_is_given_back(permits: Permits) -> None:
    quota = Quota(monthly=1)
    held = admit(permits, quota)
    with pytest.raises(MonthExceededError):
        admit(permits, quota)
    assert held is not None
    held.release()
    assert admit(permits, quota) is not None


def test_the_rate_is_asked_first(permits: Permits) -> None:
    quota = Quota(rate=1, burst=60, monthly=60)
    for _ in range(60):
        admit(permits, quota)
    with pytest.raises(RateExceededError):
        admit(permits, quota)
