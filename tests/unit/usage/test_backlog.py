"""What only the journal holds."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bonaface.errors import StorageError
from bonaface.usage.backlog import Backlog
from bonaface.usage.exactly_once import OtherDatabaseError
from bonaface.usage.journal import Journal
from bonaface.usage.periods import Period, begin_of
from bonaface.usage.types import Reply, ReplyBatch, ReplyLabel
from support.storage.replies import NOON, OWNER, batch, reply

AWAY = StorageError("It is away.")
MONTH = begin_of(Period.MONTH, NOON)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "data" / "journal", 1_000_000, OWNER)


@pytest.fixture
def backlog(journal: Journal) -> Backlog:
    return Backlog(journal)


def test_what_is_added_is_read_and_forgotten(backlog: Backlog) -> None:
    assert backlog.is_empty
    backlog.add(batch(1, 2), AWAY)
    backlog.add(batch(2, 3), AWAY)
    chunk = backlog.oldest()
    assert (chunk.batches, chunk.is_last, backlog.is_empty) == ((batch(1, 2), batch(2, 3)), True, False)
    backlog.forget(chunk)
    assert backlog.is_empty


def test_it_knows_whose_month_it_takes_of(backlog: Backlog) -> None:
    refused = Reply(1, None, ReplyLabel.REFUSED_RATE, 0, 0, 1, NOON)
    backlog.add(ReplyBatch(1, (reply(), reply(), reply(application=2), refused)), AWAY)
    assert [backlog.served(application, MONTH) for application in (1, 2, 3)] == [2, 1, 0]
    backlog.forget(backlog.oldest())
    assert [backlog.served(application, MONTH) for application in (1, 2, 3)] == [0, 0, 0]


def test_what_the_disk_refuses_is_not_in_it(backlog: Backlog, journal: Journal) -> None:
    journal._limit = 10
    with pytest.raises(StorageError, match="full"), capture_logs() as logs:
        backlog.add(batch(1), AWAY)
    assert (backlog.is_empty, backlog.served(1, MONTH), logs) == (True, 0, [])


def test_beginning_and_end_are_told_once(backlog: Backlog) -> None:
    with capture_logs() as logs:
        backlog.tell_drained()
        for number in (1, 2):
            backlog.add(batch(number), AWAY)
        backlog.forget(backlog.oldest())
        for _ in range(2):
            backlog.tell_drained()
    assert [log["event"] for log in logs] == ["ledger.journal.opened", "ledger.journal.drained"]
    assert logs[0]["error"] == "It is away."


def test_what_is_for_another_database_is_left_to_it(backlog: Backlog, journal: Journal) -> None:
    backlog.add(batch(1, 2), AWAY)
    writer, found = backlog.writer_id, "f" * 32
    with capture_logs() as logs:
        backlog.leave(OtherDatabaseError(OWNER, found))
    assert [(log["event"], log["replies"]) for log in logs] == [("ledger.journal.other_database", 2)]
    assert (backlog.is_empty, backlog.served(1, MONTH), backlog.database_id) == (True, 0, found)
    assert backlog.writer_id != writer
    assert [path.name for path in journal.folder.iterdir()] == [f"{writer}.{OWNER}.other"]
