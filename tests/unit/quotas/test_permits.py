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
from bonaface.quotas.monthly_quota import MonthExceededError, Months, Reservation
from bonaface.quotas.permits import Gate
from bonaface.quotas.rate_limiter import RateExceededError, Rates
from bonaface.storage.database import Database
from bonaface.usage.ledger import Ledger
from support.accounts import statements

FREE = Application(1, "shop", "Shop", "", State.ACTIVE, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    ledger = Ledger(database)
    yield ledger
    ledger.close()


@pytest.fixture(params=["memory", "database"])
def gate(request: pytest.FixtureRequest, database: Database, ledger: Ledger) -> Iterator[Gate]:
    gate = Gate(Rates(request.param, database), Months(database, ledger), database.breaker)
    yield gate
    gate.close()


def admit(gate: Gate, quota: Quota) -> Reservation | None:
    return asyncio.run(gate.admit(replace(FREE, quota=quota)))


def test_without_limits_there_is_nothing_to_do(gate: Gate) -> None:
    before = threading.active_count()
    with statements() as seen:
        assert admit(gate, Quota()) is None
    assert seen == []
    assert threading.active_count() == before


def test_a_rate_holds(gate: Gate) -> None:
    assert admit(gate, Quota(rate=1, burst=60)) is None
    for _ in range(59):
        admit(gate, Quota(rate=1, burst=60))
    with pytest.raises(RateExceededError):
        admit(gate, Quota(rate=1, burst=60))


def test_a_silent_store_lets_pass_and_a_flood_does_not(
    database: Database, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits for a place is not counted yet: letting it pass would let a flood pass."""
    answers, rates = threading.Event(), Rates("database", database)
    monkeypatch.setattr(rates, "check", lambda _: answers.wait(20))
    monkeypatch.setattr(module, "RATES", 1)
    monkeypatch.setattr(module, "RATE_SECONDS", 0.05)
    gate = Gate(rates, Months(database, ledger), database.breaker)

    async def two() -> list[object]:
        rated = replace(FREE, quota=Quota(rate=1))
        return list(await asyncio.gather(gate.admit(rated), gate.admit(rated), return_exceptions=True))

    passed, refused = asyncio.run(two())
    answers.set()
    gate.close()
    assert passed is None
    assert isinstance(refused, OverloadedError)


def test_a_month_holds_until_the_reservation_is_given_back(gate: Gate) -> None:
    quota = Quota(monthly=1)
    held = admit(gate, quota)
    with pytest.raises(MonthExceededError):
        admit(gate, quota)
    assert held is not None
    held.release()
    assert admit(gate, quota) is not None


def test_the_rate_is_asked_first(gate: Gate) -> None:
    quota = Quota(rate=1, burst=60, monthly=60)
    for _ in range(60):
        admit(gate, quota)
    with pytest.raises(RateExceededError):
        admit(gate, quota)
