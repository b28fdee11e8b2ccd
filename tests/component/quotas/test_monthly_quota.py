"""The quota of a month."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from bonaface.errors import QuotaExceededError, StorageError
from bonaface.quotas import monthly_quota as module
from bonaface.quotas.monthly_quota import MonthExceededError, MonthlyQuota, Reservation
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from bonaface.usage.ledger import Ledger
from bonaface.usage.queries import UsageRepository
from bonaface.usage.types import Reply, ReplyLabel
from support.clocks import Clocks
from support.storage.accounts import statements

LATE = datetime(2026, 2, 28, 23, 59, 30, tzinfo=UTC)
NEXT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def clock() -> Clocks:
    return Clocks(LATE)


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    ledger = Ledger(database, 0)
    yield ledger
    ledger.close()


@pytest.fixture
def months(database: Database, ledger: Ledger, clock: Clocks) -> MonthlyQuota:
    return MonthlyQuota(database, ledger, clock.now, clock.monotonic)


def admit(months: MonthlyQuota, quota: int, application: int = 1) -> Reservation:
    months.refresh(application)
    return months.reserve(application, quota)


def serve(
    ledger: Ledger, reservation: Reservation, at: datetime = LATE, outcome: str = ReplyLabel.FACES
) -> None:
    asyncio.run(ledger.record(Reply(1, None, outcome, 0, 0, 1, at), reservation.spend))
    reservation.release()


def serve_elsewhere(ledger: Ledger, number: int, at: datetime = LATE) -> None:
    for _ in range(number):
        ledger.add(Reply(1, None, ReplyLabel.FACES, 0, 0, 1, at)).result(60)


def test_the_last_request_is_served_and_one_more_is_not(months: MonthlyQuota, ledger: Ledger) -> None:
    for _ in range(3):
        serve(ledger, admit(months, 3))
    with pytest.raises(MonthExceededError) as refused:
        admit(months, 3)
    assert refused.value.retry_after == 30
    assert isinstance(refused.value, QuotaExceededError)


def test_requests_on_their_way_count(months: MonthlyQuota, ledger: Ledger) -> None:
    first, second = admit(months, 2), admit(months, 2)
    with pytest.raises(MonthExceededError):
        admit(months, 2)
    first.release()
    first.release()
    third = admit(months, 2)
    with pytest.raises(MonthExceededError):
        admit(months, 2)
    serve(ledger, second)
    serve(ledger, third)
    with pytest.raises(MonthExceededError):
        admit(months, 2)


@pytest.mark.parametrize("outcome", [ReplyLabel.REFUSED_OVERLOAD, ReplyLabel.NO_FACE])
def test_what_was_refused_takes_nothing(months: MonthlyQuota, ledger: Ledger, outcome: ReplyLabel) -> None:
    serve(ledger, admit(months, 1), outcome=outcome)
    if outcome is ReplyLabel.NO_FACE:
        with pytest.raises(MonthExceededError):
            admit(months, 1)
    else:
        admit(months, 1)


def test_what_others_counted_is_read_within_a_second(
    months: MonthlyQuota, ledger: Ledger, clock: Clocks
) -> None:
    admit(months, 5).release()
    serve_elsewhere(ledger, 5)
    with statements() as seen:
        admit(months, 5).release()
    assert seen == []
    clock.passed += 1
    assert not months.is_fresh(1)
    with pytest.raises(MonthExceededError):
        admit(months, 5)


def test_reading_again_keeps_what_is_on_its_way(months: MonthlyQuota, clock: Clocks) -> None:
    held = admit(months, 1)
    clock.passed += 5
    with pytest.raises(MonthExceededError):
        admit(months, 1)
    held.release()
    admit(months, 1)


def test_a_new_month_is_a_new_quota(months: MonthlyQuota, ledger: Ledger, clock: Clocks) -> None:
    serve_elsewhere(ledger, 3)
    with pytest.raises(MonthExceededError):
        admit(months, 3)
    clock.passed += 30
    assert not months.is_fresh(1)
    serve(ledger, admit(months, 1), NEXT)
    with pytest.raises(MonthExceededError) as refused:
        admit(months, 1)
    assert refused.value.retry_after == 31 * 24 * 3600


def test_a_request_over_midnight_counts_in_the_month_of_its_reply(
    months: MonthlyQuota, ledger: Ledger, clock: Clocks
) -> None:
    over, early = admit(months, 9), admit(months, 9)
    clock.passed += 30
    admit(months, 9).release()
    serve(ledger, over, NEXT)
    serve(ledger, early, LATE)
    serve(ledger, admit(months, 2), NEXT)
    with pytest.raises(MonthExceededError):
        admit(months, 2)


def test_one_process_never_exceeds_the_quota_whoever_reads_and_commits_meanwhile(
    database: Database, clock: Clocks
) -> None:
    ledger = Ledger(database, 0.001)
    months = MonthlyQuota(database, ledger, clock.now)  # real seconds: refreshed while the test runs

    def ask(number: int) -> int:
        try:
            reservation = admit(months, 40)
        except MonthExceededError:
            return 0
        outcome = ReplyLabel.FACES if number % 5 else ReplyLabel.REFUSED_OVERLOAD
        reply = Reply(1, None, outcome, 0, 0, 1, LATE)
        ledger.add(reply, reservation.spend).result(60)
        return reply.is_served

    with ThreadPoolExecutor(8) as pool:
        served = sum(pool.map(ask, range(200)))
    served += sum(map(ask, (1, 2, 3)))  # for places that were given back at the very end
    ledger.close()
    assert served == UsageRepository(database).used_this_month(1, LATE) == 40


def test_a_database_that_is_gone_is_told(storage: StorageSettings) -> None:
    with Database(storage) as database:
        months = MonthlyQuota(database, Ledger(database))
        with database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE usage_days RENAME TO away")
        with pytest.raises(StorageError):
            months.refresh(1)


def test_the_memory_is_bounded_by_what_is_in_use(
    months: MonthlyQuota, clock: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_COUNTS", 2)
    held = admit(months, 1, application=1)
    for application in (2, 3, 4):
        admit(months, 1, application).release()
    assert len(months._counts) == 4
    clock.passed += 1
    admit(months, 1, application=5).release()
    assert months._counts.keys() == {1, 5}
    held.release()
