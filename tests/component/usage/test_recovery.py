"""Journals of ended processes, of this version and of that before databases had an id."""

import os
import resource
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bonaface.storage.database import Database
from bonaface.usage.exactly_once import ExactlyOnceWriter
from bonaface.usage.journal import Journal
from bonaface.usage.journal_lines import encode
from bonaface.usage.recovery import Recovery
from support.storage.accounts import database_in
from support.storage.replies import OWNER, batch, counted, line, old_line
from support.waiting import wait_until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "journal"
    folder.mkdir()
    return folder


def leave(folder: Path, name: str, *numbers: int) -> None:
    (folder / f"{name}.jsonl").write_bytes(b"".join(old_line(number) for number in numbers))


def test_it_counts_what_was_left_and_removes_it(database: Database, folder: Path) -> None:
    leave(folder, "a", 1, 2, 3)
    leave(folder, "b", 1)
    leave(folder, "empty")
    with capture_logs() as logs:
        assert Recovery(database, folder).look()
    assert (counted(database), list(folder.iterdir())) == (4, [])
    assert [(log["event"], log["replies"]) for log in logs] == [
        ("ledger.journal.adopted", 3), ("ledger.journal.adopted", 1), ("ledger.journal.adopted", 0),
    ]  # fmt: skip


def test_a_folder_that_cannot_be_opened_for_want_of_descriptors_is_looked_through_later(
    database: Database, folder: Path
) -> None:
    leave(folder, "a", 1)
    recovery, before = Recovery(database, folder), resource.getrlimit(resource.RLIMIT_NOFILE)
    with capture_logs() as logs:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
        try:
            assert not recovery.look()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        assert recovery.look()
    assert counted(database) == 1
    assert "ledger.journal.waits" in {log["event"] for log in logs}


def test_what_the_ended_process_had_counted_is_not_counted_again(database: Database, folder: Path) -> None:
    ExactlyOnceWriter(database).write("a", [batch(1), batch(2)])
    leave(folder, "a", 2, 3)
    assert Recovery(database, folder).look()
    assert counted(database) == 3


def test_journals_of_the_living_stay(database: Database, folder: Path) -> None:
    journal = Journal(folder, 10_000, database.identity())
    journal.append(batch(1))
    assert Recovery(database, folder).look()
    assert (counted(database), journal.replies) == (0, 1)
    journal.close()
    assert Recovery(database, folder).look()
    assert counted(database) == 1


def test_what_is_for_another_database_is_set_aside_uncounted_and_told_once(
    database: Database, folder: Path
) -> None:
    (folder / "a.jsonl").write_bytes(line(1, 2) + line(2))
    leave(folder, "b", 1)
    recovery = Recovery(database, folder)
    with capture_logs() as logs:
        assert all(recovery.look() for _ in range(3))
        assert Recovery(database, folder).look()
    assert (counted(database), recovery.replies) == (1, 0)
    (aside,) = folder.iterdir()
    assert (aside.name, aside.read_bytes()) == (f"a.{OWNER}.other", line(1, 2) + line(2))
    (told,) = [log for log in logs if log["log_level"] == "error"]
    assert told["event"] == "ledger.journal.other_database"
    assert (told["file"], told["replies"]) == (aside.name, 3)
    assert (told["wanted"], told["found"]) == (OWNER, database.identity())


def test_what_was_set_aside_is_counted_by_its_own_database_once(database: Database, folder: Path) -> None:
    mine = database.identity()
    ExactlyOnceWriter(database).write("a", [batch(1)])
    content = b"".join(encode(batch(number), mine) for number in (1, 2, 3))
    for name in (f"a.{mine}.other", f"a.{mine}.other1", f"b.{OWNER}.other"):
        (folder / name).write_bytes(content)
    assert Recovery(database, folder).look()
    assert counted(database) == 3
    assert [path.name for path in folder.iterdir()] == [f"b.{OWNER}.other"]


def test_one_whose_name_tells_another_database_than_its_lines_is_set_aside_again(
    database: Database, folder: Path
) -> None:
    (folder / f"a.{database.identity()}.other").write_bytes(line(1))
    assert Recovery(database, folder).look()
    assert (counted(database), [path.name for path in folder.iterdir()]) == (0, [f"a.{OWNER}.other"])


def test_what_cannot_be_set_aside_is_tried_again(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.jsonl").write_bytes(line(1))
    recovery = Recovery(database, folder)

    def fail(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", fail)
        assert not recovery.look()
    assert [path.name for path in folder.iterdir()] == ["a.jsonl"]
    assert recovery.look()
    assert [path.name for path in folder.iterdir()] == [f"a.{OWNER}.other"]


def test_no_folder_is_no_work(database: Database, folder: Path) -> None:
    assert Recovery(database, folder / "none").look()


def test_it_waits_for_a_database_that_is_away_and_says_so_once(folder: Path, tmp_path: Path) -> None:
    leave(folder, "a", 1, 2)
    with database_in(tmp_path / "store") as database, capture_logs() as logs:
        recovery = Recovery(database, folder)
        assert [recovery.look(), recovery.look(), recovery.replies] == [False, False, 2]
        database.migrate()
        assert recovery.look()
        assert (recovery.replies, counted(database), list(folder.iterdir())) == (0, 2, [])
    assert [log["event"] for log in logs] == ["ledger.journal.adopted", "ledger.journal.waits"]


def test_one_that_cannot_be_read_holds_up_no_other(database: Database, folder: Path) -> None:
    (folder / "a.jsonl").mkdir()
    leave(folder, "b", 1)
    assert not Recovery(database, folder).look()
    assert counted(database) == 1


def test_a_torn_end_and_damage_are_no_obstacle(database: Database, folder: Path) -> None:
    leave(folder, "a", 1, 2)
    os.truncate(folder / "a.jsonl", (folder / "a.jsonl").stat().st_size - 3)
    (folder / "b.jsonl").write_bytes(b"rubbish\n" + old_line(1))
    assert Recovery(database, folder).look()
    assert counted(database) == 2
    assert [path.name for path in folder.iterdir()] == ["b.damaged"]


def test_it_looks_when_started_and_again(database: Database, folder: Path) -> None:
    recovery = Recovery(database, folder, every=0.01)
    leave(folder, "a", 1)
    recovery.start()
    try:
        wait_until(lambda: counted(database) == 1)
        leave(folder, "b", 1)
        wait_until(lambda: counted(database) == 2)
    finally:
        recovery.stop()


def test_it_leaves_what_it_could_not_count_for_the_next(folder: Path, tmp_path: Path) -> None:
    leave(folder, "a", 1)
    with database_in(tmp_path / "store") as database:
        recovery = Recovery(database, folder, every=0.01)
        recovery.start()
        wait_until(lambda: recovery.replies == 1)
        recovery.stop()
        database.migrate()
        assert Recovery(database, folder).look()
        assert counted(database) == 1


def test_stopping_ends_between_two_batches(database: Database, folder: Path) -> None:
    leave(folder, "a", 1)
    recovery = Recovery(database, folder)
    recovery.stop()
    assert recovery.look()
    assert (counted(database), recovery.replies) == (0, 1)


def test_a_fault_of_ours_does_not_end_it(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(folder, "a", 1)
    recovery = Recovery(database, folder)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched, capture_logs() as logs:
        patched.setattr(ExactlyOnceWriter, "write", fail)
        assert not recovery.look()
    assert logs[-1]["exc_info"]
    assert recovery.look()
    assert counted(database) == 1
