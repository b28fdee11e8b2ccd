"""Counted before it leaves, in batches, once."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, wait
from contextlib import contextmanager
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bonaface.accounts.repository import ApplicationRepository
from bonaface.errors import StorageError
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from bonaface.usage import commit_queue, committer
from bonaface.usage import ledger as module
from bonaface.usage.exactly_once import ExactlyOnceWriter
from bonaface.usage.ledger import Ledger
from bonaface.usage.types import Reply
from support.storage.accounts import ACTOR, statements
from support.storage.replies import NOON, counted, reply
from support.waiting import wait_until

LATER = 60


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no database that is away: that is a matter of test_ledger_outage.py."""
    monkeypatch.setattr(commit_queue, "LATE_SECONDS", LATER)
    monkeypatch.setattr(committer, "COMMIT_SECONDS", LATER)


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    ledger = Ledger(database, 0.01)
    yield ledger
    ledger.close()


@contextmanager
def held(ledger: Ledger) -> Iterator[None]:
    """The writer has taken a first reply and waits to commit it, until the block ends."""
    with ledger._committer.commits:
        first = ledger.add(reply())
        wait_until(first.running)
        yield


def transactions(seen: list[str]) -> int:
    return sum(statement.startswith("INSERT INTO usage_hours") for statement in seen)


def test_a_reply_is_on_disk_when_record_returns(database: Database, ledger: Ledger) -> None:
    asyncio.run(ledger.record(reply()))
    assert counted(database) == 1


def test_replies_that_wait_together_are_one_transaction(database: Database, ledger: Ledger) -> None:
    with statements() as seen:
        with held(ledger):
            futures = [ledger.add(reply(application=number)) for number in range(200)]
        wait(futures, LATER)
    assert (transactions(seen), counted(database)) == (2, 201)


def test_a_batch_is_bounded(database: Database, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit_queue, "MAX_BATCH", 10)
    with statements() as seen:
        with held(ledger):
            futures = [ledger.add(reply()) for _ in range(25)]
        wait(futures, LATER)
    assert (transactions(seen), counted(database)) == (4, 26)


def test_what_waits_is_bounded(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit_queue, "MAX_WAITING", 3)
    with held(ledger):
        for _ in range(3):
            ledger.add(reply())
        with pytest.raises(StorageError, match="keep up"):
            ledger.add(reply())


def test_who_left_before_the_batch_was_claimed_is_not_counted(database: Database, ledger: Ledger) -> None:
    with held(ledger):
        gone, stays = ledger.add(reply()), ledger.add(reply())
        assert gone.cancel()
    stays.result(LATER)
    with pytest.raises(CancelledError):
        gone.result()
    assert counted(database) == 2


def test_a_batch_that_all_left_writes_nothing(database: Database, ledger: Ledger) -> None:
    with held(ledger):
        gone = ledger.add(reply())
        gone.cancel()
    ledger.close()
    assert counted(database) == 1


def test_done_is_told_between_commit_and_reply(ledger: Ledger) -> None:
    told: list[Reply] = []
    ledger.add(reply(), told.append).result(LATER)
    assert told == [reply()]


def test_two_threads_whatever_the_number(ledger: Ledger) -> None:
    before = threading.active_count()
    wait([ledger.add(reply()) for _ in range(500)], LATER)
    assert threading.active_count() <= before + 2


def test_nobody_waits_for_ever(database: Database, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RECORD_SECONDS", 0.02)
    monkeypatch.setattr(module, "HOLD_SECONDS", 0.02)
    with held(ledger):
        with pytest.raises(StorageError, match="in time"):
            asyncio.run(ledger.record(reply()))
        with pytest.raises(StorageError, match="keep up"), ledger.between_commits():
            pass
    ledger.close()
    assert counted(database) == 1


def test_closing_counts_what_waits_and_refuses_what_comes(database: Database, ledger: Ledger) -> None:
    futures = [ledger.add(reply()) for _ in range(50)]
    ledger.close()
    ledger.close()
    assert all(future.result(0) is None for future in futures)
    assert counted(database) == 50
    with pytest.raises(StorageError, match="stopping"):
        ledger.add(reply())


def test_closing_an_idle_one_is_no_work(database: Database) -> None:
    Ledger(database).close()


def test_closing_does_not_wait_for_ever(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CLOSE_SECONDS", 0.05)
    with held(ledger):
        waiting = ledger.add(reply())
        ledger.close()
        with pytest.raises(StorageError, match="stopping"):
            waiting.result(0)
    for thread in ledger._threads:
        thread.join()  # let go, they end by themselves


def test_without_a_journal_a_commit_that_fails_fails_all_of_its_batch_and_no_other(
    storage: StorageSettings,
) -> None:
    with Database(storage) as database, capture_logs() as logs:
        ledger = Ledger(database, 0.01)
        told: list[Reply] = []
        with database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE usage_totals RENAME TO away")
        with held(ledger):
            futures = [ledger.add(reply(), told.append) for _ in range(5)]
        for future in futures:
            with pytest.raises(StorageError):
                future.result(LATER)
        with database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO usage_totals")
        assert (counted(database), told) == (0, [])
        ledger.add(reply()).result(LATER)
        assert counted(database) == 1
        ledger.close()
    assert [log["replies"] for log in logs if log["event"] == "ledger.failed"] == [1, 5]


def test_a_fault_in_what_is_told_does_not_end_the_writer(database: Database, ledger: Ledger) -> None:
    def fail(_reply: Reply) -> None:
        raise ZeroDivisionError

    with capture_logs() as logs, pytest.raises(StorageError, match="log"):
        ledger.add(reply(), fail).result(LATER)
    ledger.add(reply()).result(LATER)
    assert logs[0]["event"] == "ledger.failed"
    assert logs[0]["exc_info"]


def test_a_secret_is_noted_as_used_once_a_minute(
    database: Database, ledger: Ledger, repository: ApplicationRepository
) -> None:
    application, secret, _ = repository.create_application("shop", actor=ACTOR)
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (61, 60)):
        asyncio.run(ledger.record(reply(secret.id, NOON + timedelta(seconds=seconds))))
        (found,) = repository.secrets_of(application.app_key)
        assert found.last_used_at == NOON + timedelta(seconds=noted)


class Told:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.seconds: list[float] = []
        self.failures = 0

    def committed(self, replies: int, seconds: float) -> None:
        self.batches.append(replies)
        self.seconds.append(seconds)

    def failed(self) -> None:
        self.failures += 1


def test_an_observer_is_told_of_every_commit(database: Database) -> None:
    observer = Told()
    ledger = Ledger(database, 0.01, observer=observer)
    with held(ledger):
        futures = [ledger.add(reply()) for _ in range(4)]
        assert ledger.waiting == 4
    wait(futures, LATER)
    ledger.close()
    assert (observer.batches, observer.failures, ledger.waiting) == ([1, 4], 0, 0)
    assert all(seconds > 0 for seconds in observer.seconds)


def test_an_observer_is_told_of_commits_that_fail(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    observer = Told()
    ledger = Ledger(database, 0.001, observer=observer)
    for error in (StorageError("full"), KeyError("ours")):

        def fail(*_given: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(ExactlyOnceWriter, "write", fail)
        with pytest.raises(StorageError), capture_logs():
            ledger.add(reply()).result(LATER)
    ledger.close()
    assert (observer.batches, observer.failures) == ([], 2)
