"""What the ledger does while the database is away, late, or gives no sign."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import wait
from pathlib import Path

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bonaface.errors import StorageAwayError, StorageError
from bonaface.quotas.monthly_quota import MonthlyQuota
from bonaface.storage.database import SOON, Database
from bonaface.storage.tables import database_identity
from bonaface.usage import commit_queue, committer
from bonaface.usage import ledger as module
from bonaface.usage.exactly_once import ExactlyOnceWriter
from bonaface.usage.journal import Journal
from bonaface.usage.ledger import Ledger
from bonaface.usage.ledger_state import Event, State
from bonaface.usage.periods import Period, begin_of
from bonaface.usage.recovery import Recovery
from bonaface.usage.set_aside import set_aside_in
from bonaface.usage.types import Reply, ReplyBatch, ReplyLabel
from support.faults.outages import away
from support.storage.replies import NOON, OWNER, counted, reply
from support.waiting import wait_until

LATER = 60
MUCH = 1_000_000


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committer, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(committer, "LONGEST_RETRY", 0.02)
    monkeypatch.setattr(committer, "COMMIT_SECONDS", LATER)
    monkeypatch.setattr(commit_queue, "LATE_SECONDS", LATER)  # however busy the machine is


@pytest.fixture
def journal(database: Database, tmp_path: Path) -> Journal:
    return Journal(tmp_path / "data" / "journal", MUCH, database.identity())


@pytest.fixture
def ledger(database: Database, journal: Journal) -> Iterator[Ledger]:
    ledger = Ledger(database, 0.001, journal)
    yield ledger
    ledger.close()


class Lost(ExactlyOnceWriter):
    """Commits, and does not tell: as when the connection breaks just then."""

    def write(
        self, writer_id: str, batches: object, within: float = SOON, database_id: str | None = None
    ) -> None:
        super().write(writer_id, batches, within, database_id)  # type: ignore[arg-type]
        raise StorageError("the answer was lost")


class Hung:
    """A database that takes nothing and answers nothing, until told to go on."""

    def __init__(self, writer: ExactlyOnceWriter) -> None:
        self._writer = writer
        self.asked = 0
        self.gate = threading.Event()

    def write(
        self,
        writer_id: str,
        batches: tuple[ReplyBatch, ...],
        within: float = SOON,
        database_id: str | None = None,
    ) -> None:
        self.asked += 1
        assert self.gate.wait(LATER)
        self._writer.write(writer_id, batches, within, database_id)


@pytest.fixture
def hung(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hung]:
    monkeypatch.setattr(commit_queue, "LATE_SECONDS", 0.05)
    hung = Hung(ledger._committer._writer)
    ledger._committer._writer = hung  # type: ignore[assignment]
    yield hung
    hung.gate.set()


def events(logs: object) -> list[str]:
    return [log["event"] for log in logs]  # type: ignore[attr-defined]


def test_what_the_database_does_not_take_is_counted_all_the_same(
    database: Database, ledger: Ledger, journal: Journal
) -> None:
    told: list[Reply] = []
    with capture_logs() as logs:
        with away(database):
            for _ in range(5):
                wait([ledger.add(reply(), told.append) for _ in range(10)], LATER)
            assert (ledger.backlog, counted(database), len(told)) == (50, 0, 50)
        wait_until(lambda: ledger.backlog == 0)
        assert counted(database) == 50
        asyncio.run(ledger.record(reply()))
    assert (counted(database), journal.is_empty) == (51, True)
    assert [event for event in events(logs) if event.startswith("ledger")] == [
        "ledger.journal.opened", "ledger.journal.drained",
    ]  # fmt: skip


def test_replies_that_come_while_it_catches_up_lose_nothing(database: Database, ledger: Ledger) -> None:
    stopped = threading.Event()
    added: list[int] = []

    def load() -> None:
        number = 0
        while not stopped.is_set():
            asyncio.run(ledger.record(reply()))
            number += 1
        added.append(number)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        with away(database):
            wait_until(lambda: ledger.backlog > 20)
        wait_until(lambda: ledger.backlog == 0)
    stopped.set()
    for thread in threads:
        thread.join()
    wait_until(lambda: ledger.backlog == 0)
    assert counted(database) == sum(added)


def test_a_commit_whose_answer_is_lost_counts_once(database: Database, ledger: Ledger) -> None:
    sound = ledger._committer._writer
    ledger._committer._writer = Lost(database)
    ledger.add(reply()).result(LATER)
    assert (counted(database), ledger.backlog) == (1, 1)
    ledger._committer._writer = sound
    wait_until(lambda: ledger.backlog == 0)
    ledger.add(reply()).result(LATER)
    assert counted(database) == 2


def test_a_database_that_hangs_holds_up_nobody(database: Database, ledger: Ledger, hung: Hung) -> None:
    first = ledger.add(reply())
    first.result(LATER)
    for _ in range(20):
        ledger.add(reply()).result(LATER)
    assert (hung.asked, ledger.backlog) == (1, 21)
    with pytest.raises(StorageError, match="keep up"), ledger.between_commits():
        pass
    hung.gate.set()
    wait_until(lambda: ledger.backlog == 0)
    assert counted(database) == 21
    ledger.add(reply()).result(LATER)
    assert counted(database) == 22


def test_one_that_is_known_to_be_away_is_not_tried(database: Database, ledger: Ledger, hung: Hung) -> None:
    database.breaker.failed(StorageAwayError("It is away."))
    ledger.add(reply()).result(LATER)
    assert ledger.backlog == 1
    database.breaker.succeeded()
    hung.gate.set()
    wait_until(lambda: ledger.backlog == 0)
    assert counted(database) == 1


def test_a_month_that_is_being_read_keeps_nobody_from_the_journal(
    database: Database, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit_queue, "LATE_SECONDS", 0.05)
    with ledger.between_commits():
        ledger.add(reply()).result(LATER)
        assert ledger.backlog == 1
    wait_until(lambda: ledger.backlog == 0)
    assert counted(database) == 1


def test_one_that_hangs_again_while_the_last_batch_is_counted_holds_up_nobody(
    database: Database, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit_queue, "LATE_SECONDS", 0.05)
    with away(database):
        ledger.add(reply()).result(LATER)
        sound = ledger._committer._writer
    ledger._queue.apply(Event.ANSWERED)
    hung = Hung(sound)
    ledger._committer._writer = hung  # type: ignore[assignment]
    wait_until(lambda: hung.asked == 1 or ledger.backlog == 0)
    for _ in range(5):
        ledger.add(reply()).result(LATER)
    hung.gate.set()
    wait_until(lambda: ledger.backlog == 0)
    assert counted(database) == 6


def test_what_neither_takes_is_refused_until_one_does(
    database: Database, ledger: Ledger, journal: Journal
) -> None:
    journal._limit = 10
    told: list[Reply] = []
    with capture_logs() as logs:
        with away(database):
            for _ in range(3):
                with pytest.raises(StorageError):
                    ledger.add(reply(), told.append).result(LATER)
        ledger.add(reply()).result(LATER)
    assert (counted(database), told) == (1, [])
    assert events(logs) == ["ledger.failed"] * 3
    assert all("full" in log["journal"] for log in logs)


def test_a_full_journal_refuses_and_keeps_what_it_has(
    database: Database, ledger: Ledger, journal: Journal
) -> None:
    with away(database):
        ledger.add(reply()).result(LATER)
        journal._limit = 10
        with pytest.raises(StorageError):
            ledger.add(reply()).result(LATER)
    wait_until(lambda: ledger.backlog == 0)
    ledger.add(reply()).result(LATER)
    assert counted(database) == 2


def test_one_that_hangs_and_a_full_journal_refuse_at_once(
    database: Database, ledger: Ledger, journal: Journal, hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal._limit = 10
    for _ in range(5):
        with pytest.raises(StorageError, match="in time"):
            ledger.add(reply()).result(LATER)
    assert hung.asked == 1
    monkeypatch.setattr(commit_queue, "LATE_SECONDS", LATER)  # it hangs no more, however busy the machine is
    hung.gate.set()
    wait_until(lambda: ledger._queue.state is State.DIRECT)
    ledger.add(reply()).result(LATER)
    assert counted(database) == 2  # the first was on its way; more than was told, never less


def test_closing_keeps_the_journal_for_the_next(database: Database, ledger: Ledger, journal: Journal) -> None:
    with away(database):
        ledger.add(reply()).result(LATER)
        ledger.close()
        assert len(list(journal.folder.iterdir())) == 1
    following = Ledger(database, 0.001, Journal(journal.folder, MUCH, journal.database_id))
    following.start()
    wait_until(lambda: counted(database) == 1)
    following.close()
    assert list(journal.folder.iterdir()) == []


def test_closing_while_the_database_hangs_writes_down_what_waits(
    database: Database, ledger: Ledger, journal: Journal, hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LAST_SECONDS", 0.05)
    futures = [ledger.add(reply()) for _ in range(30)]
    ledger.close()
    assert all(future.result(0) is None for future in futures)
    assert journal.replies == 30
    hung.gate.set()
    for thread in ledger._threads:
        thread.join()  # let go, they end by themselves
    assert counted(database) <= 30  # some, and nothing twice


def test_closing_while_it_catches_up_loses_nothing(
    database: Database, ledger: Ledger, journal: Journal
) -> None:
    with away(database):
        for _ in range(10):
            ledger.add(reply()).result(LATER)
    ledger.close()
    following = Ledger(database, 0.001, Journal(journal.folder, MUCH, journal.database_id))
    following.start()
    wait_until(lambda: counted(database) == 10)
    following.close()


def test_a_quota_knows_of_what_only_the_journal_holds(database: Database, ledger: Ledger) -> None:
    months = MonthlyQuota(database, ledger, lambda: NOON)
    refused = Reply(1, None, ReplyLabel.REFUSED_RATE, 0, 0, 1, NOON)
    with away(database):
        for each in (reply(), reply(), reply(application=2), refused):
            ledger.add(each).result(LATER)
        assert ledger.behind(1, begin_of(Period.MONTH, NOON)) == 2
        months.refresh(1)
        assert months._counts[1].served == 2
    wait_until(lambda: ledger.backlog == 0)
    assert ledger.behind(1, begin_of(Period.MONTH, NOON)) == 0


def test_another_database_behind_the_same_url_gets_nothing_of_the_journal(
    database: Database, ledger: Ledger, journal: Journal
) -> None:
    """What the journal holds stays for its own database; what comes now is of the new one."""
    mine, writer = journal.database_id, journal.writer_id
    with capture_logs() as logs:
        with away(database):
            ledger.add(reply()).result(LATER)
            call_it(database, OWNER)
        wait_until(lambda: ledger.backlog == 0)
        ledger.add(reply()).result(LATER)
        wait_until(lambda: counted(database) == 1)
    wait_until(lambda: ledger.behind(1, begin_of(Period.MONTH, NOON)) == 0)
    (aside,) = set_aside_in(journal.folder)
    assert (aside.path.name, aside.replies()) == (f"{writer}.{mine}.other", 1)
    assert [log["file"] for log in logs if log["event"] == "ledger.journal.other_database"] == [
        aside.path.name
    ]
    with away(database):
        ledger.add(reply()).result(LATER)
    wait_until(lambda: ledger.backlog == 0)
    ledger.close()
    call_it(database, mine)
    assert Recovery(database, journal.folder).look()
    assert counted(database) == 3
    assert list(journal.folder.iterdir()) == []


def call_it(database: Database, name: str) -> None:
    """Give it another id: to the ledger it is another database."""
    with database.writing() as connection:
        connection.execute(update(database_identity).values(database_id=name))


def test_a_journal_that_cannot_be_is_told_at_the_start(database: Database, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    ledger = Ledger(database, 0.001, Journal(tmp_path / "data" / "journal", MUCH, database.identity()))
    with capture_logs() as logs:
        ledger.start()
        ledger.add(reply()).result(LATER)
        ledger.close()
    assert events(logs) == ["ledger.journal.unusable"]
    assert counted(database) == 1


def test_a_journal_that_cannot_be_read_does_not_end_the_thread(
    database: Database, ledger: Ledger, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = threading.Event()

    def fail() -> None:
        failed.set()
        raise StorageError("the disk")

    with capture_logs() as logs, monkeypatch.context() as patched:
        patched.setattr(journal, "read", fail)
        with away(database):
            ledger.add(reply()).result(LATER)
        assert failed.wait(LATER)
        ledger.add(reply()).result(LATER)
    wait_until(lambda: counted(database) == 2)
    assert "ledger.failed" in events(logs)


def test_a_fault_of_ours_is_not_written_down(
    database: Database, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched, capture_logs() as logs:
        patched.setattr(ledger._committer._writer, "write", fail)
        with pytest.raises(StorageError, match="log"):
            ledger.add(reply()).result(LATER)
    assert logs[0]["exc_info"]
    ledger.add(reply()).result(LATER)
    assert (counted(database), ledger.backlog) == (1, 0)


def test_an_idle_one_starts_and_closes_quickly(database: Database, journal: Journal) -> None:
    ledger = Ledger(database, 0.001, journal)
    ledger.start()
    before = time.monotonic()
    ledger.close()
    assert time.monotonic() - before < LATER
    assert list(journal.folder.iterdir()) == []
