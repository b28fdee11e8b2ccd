"""What is removed, and that no sum changes."""

import time
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event

import pytest
from sqlalchemy import func, insert, select
from structlog.testing import capture_logs

from bonaface.accounts.application import Caller
from bonaface.accounts.capture_tokens import CaptureTokens
from bonaface.accounts.repository import ApplicationRepository
from bonaface.feedback.judged_answer import JudgedAnswer
from bonaface.feedback.repository import FeedbackRepository
from bonaface.policies.decision_policy import Decision
from bonaface.quotas.database_store import DatabaseStore
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from bonaface.storage.tables import rate_windows, usage_hours, usage_writers
from bonaface.usage import retention as module
from bonaface.usage.periods import Period
from bonaface.usage.queries import UsageRepository
from bonaface.usage.retention import Compacted, Housekeeping, Retention
from bonaface.usage.types import Reply, ReplyLabel
from bonaface.usage.upserts import UsageWriter
from support.storage.accounts import ACTOR, database_in

NOON = datetime(2026, 6, 15, 12, 20, tzinfo=UTC)
EVER = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
LATER = 60


def noon() -> datetime:
    return NOON


def write_days(database: Database, days: int) -> None:
    """A reply of each of two applications at noon of each of the last `days`, and one just now."""
    times = [NOON - timedelta(days=number) for number in range(days)]
    replies = [Reply(whose, None, ReplyLabel.FACES, 1, 0, 7, at) for at in times for whose in (1, 2)]
    with database.writing() as connection:
        UsageWriter(database.dialect).write(connection, replies)


@pytest.fixture
def retention(database: Database) -> Retention:
    return Retention(database, 90, noon)


def test_hours_go_and_every_sum_by_day_and_month_stays(database: Database, retention: Retention) -> None:
    write_days(database, 200)
    usage = UsageRepository(database)
    kept = {by: [usage.usage(by, *EVER, whose) for whose in (None, 1, 2)] for by in Period}
    assert retention.compact() == Compacted(hours=2 * 109, rates=0)
    assert retention.compact() == Compacted(0, 0)
    for by in (Period.DAY, Period.MONTH):
        assert [usage.usage(by, *EVER, whose) for whose in (None, 1, 2)] == kept[by]
    hours = usage.usage(Period.HOUR, *EVER, 1)
    assert hours == kept[Period.HOUR][1][-91:]
    assert hours[0].at == retention.oldest_hour == datetime(2026, 3, 17, 12, tzinfo=UTC)
    assert usage.usage(Period.HOUR, *EVER) == kept[Period.HOUR][0]
    days = [row for row in usage.usage(Period.DAY, *EVER, 1) if row.at >= hours[0].at.replace(hour=0)]
    assert sum(row.requests for row in hours) == sum(row.requests for row in days) == 91


def test_it_works_in_batches(
    database: Database, retention: Retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 10)
    write_days(database, 107)
    turns = iter([True, True, False])
    assert retention.compact(lambda: next(turns, False)).hours == 20
    assert retention.compact().hours == 12


def test_rates_that_ran_out_go_and_no_admission_is_forgotten(database: Database) -> None:
    now = NOON.timestamp()
    store = DatabaseStore(database, lambda: now)
    assert store.admit("k", 1, 60) == 0.0
    stale = {"key": "old#1", "count": 1, "expires_at": now - 0.5}
    with database.writing() as connection:
        connection.execute(insert(rate_windows), stale)
    assert Retention(database, 90, noon).compact() == Compacted(hours=0, rates=1)
    assert store.admit("k", 1, 60) == 60.0


def test_writers_that_were_silent_for_a_year_go(database: Database, retention: Retention) -> None:
    ages = {"old": timedelta(days=367), "young": timedelta(days=365)}
    with database.writing() as connection:
        for name, age in ages.items():
            connection.execute(insert(usage_writers).values(writer_id=name, last_group=1, at=NOON - age))
    assert retention.compact() == Compacted(hours=0, rates=0, writers=1)
    with database.reading() as connection:
        assert connection.execute(select(usage_writers.c.writer_id)).scalars().all() == ["young"]


def test_capture_tokens_that_ended_go(database: Database, retention: Retention) -> None:
    made, secret, _ = ApplicationRepository(database).create_application("shop", actor=ACTOR)
    caller = Caller(made, secret.id)
    _, live = CaptureTokens(database, noon).create(caller, 1, timedelta(seconds=1))
    CaptureTokens(database, lambda: NOON - timedelta(minutes=1)).create(caller, 1, timedelta(minutes=1))
    assert retention.compact() == Compacted(hours=0, rates=0, tokens=1)
    assert CaptureTokens(database, noon).find(live).application == made


def test_feedback_on_answers_of_a_year_ago_goes(database: Database, retention: Retention) -> None:
    made, _, _ = ApplicationRepository(database).create_application("shop", actor=ACTOR)
    for number, age in enumerate((367, 365)):
        then = NOON - timedelta(days=age)
        told = JudgedAnswer(bytes([number]) * 32, then, "balanced", "1", Decision.ACCEPT)
        FeedbackRepository(database, partial(datetime, 2025, 6, 16, tzinfo=UTC)).record(made.id, told)
    assert retention.compact() == Compacted(hours=0, rates=0, feedback=1)
    (left,) = FeedbackRepository(database).counts(*EVER)
    assert left.presentations == 1


def test_housekeeping_compacts_when_started_and_again(database: Database) -> None:
    write_days(database, 100)
    keeping = Housekeeping(Retention(database, 90, noon), every=0.01)
    keeping.start()
    try:
        for _ in range(2):
            _wait_until_compact(database)
            write_days(database, 100)
        _wait_until_compact(database)
    finally:
        keeping.stop()


def test_housekeeping_ends_at_once(database: Database) -> None:
    keeping = Housekeeping(Retention(database, 90))
    keeping.stop()
    keeping = Housekeeping(Retention(database, 90))
    keeping.start()
    keeping.stop()
    assert not keeping._thread.is_alive


def test_a_failure_is_logged_and_passes(storage: StorageSettings) -> None:
    failed = Event()

    class Failing(Retention):
        def compact(self, *_: object) -> Compacted:
            if failed.is_set():
                return super().compact()
            failed.set()
            raise ZeroDivisionError

    with database_in(storage.directory / "none") as missing, capture_logs() as logs:
        Housekeeping(Retention(missing, 90))._compact()
        keeping = Housekeeping(Failing(missing, 90), every=0.01)
        keeping.start()
        assert failed.wait(LATER)
        keeping.stop()
    assert {log["event"] for log in logs} == {"usage.not_compacted"}
    assert [log["log_level"] for log in logs][:2] == ["warning", "error"]


def _wait_until_compact(database: Database) -> None:
    ends = time.monotonic() + LATER
    while _old_hours(database):
        assert time.monotonic() < ends
        time.sleep(0.005)


def _old_hours(database: Database) -> int:
    old = select(func.count()).where(usage_hours.c.hour < NOON - timedelta(days=91))
    with database.reading() as connection:
        return int(connection.execute(old).scalar_one())
