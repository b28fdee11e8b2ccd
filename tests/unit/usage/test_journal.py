"""The journal of one ledger."""

from pathlib import Path

import pytest

from bonaface.errors import StorageError, StorageUnavailableError
from bonaface.usage.journal import Journal
from support.storage.accounts import mode_of
from support.storage.replies import OWNER, batch, line

MUCH = 1_000_000


def folder_of(tmp_path: Path) -> Path:
    return tmp_path / "data" / "journal"


def test_making_one_touches_nothing(tmp_path: Path) -> None:
    journal = Journal(folder_of(tmp_path), MUCH, OWNER)
    assert journal.is_empty
    journal.close()
    assert list(tmp_path.iterdir()) == []


def test_it_counts_what_it_holds(tmp_path: Path) -> None:
    journal = Journal(folder_of(tmp_path), MUCH, OWNER)
    journal.prepare()
    assert journal.is_empty
    for number in (1, 2):
        journal.append(batch(number, 3))
    assert (journal.replies, journal.is_empty) == (6, False)
    chunk = journal.read()
    assert chunk.batches == (batch(1, 3), batch(2, 3))
    journal.append(batch(3))
    journal.forget(chunk)
    assert (journal.replies, journal.is_empty) == (1, False)
    journal.forget(journal.read())
    assert (journal.replies, journal.is_empty) == (0, True)
    journal.close()
    assert list(folder_of(tmp_path).iterdir()) == []


def test_without_a_journal_another_attempt_is_asked_for_and_no_file_is_made(tmp_path: Path) -> None:
    journal = Journal(folder_of(tmp_path), 0, OWNER)
    journal.prepare()
    with pytest.raises(StorageUnavailableError):
        journal.append(batch(1))
    journal.close()
    assert list(tmp_path.iterdir()) == []


def test_folders_are_their_owners_alone(tmp_path: Path) -> None:
    Journal(folder_of(tmp_path), MUCH, OWNER).prepare()
    assert mode_of(folder_of(tmp_path)) == mode_of(folder_of(tmp_path).parent) == 0o700


def test_each_has_a_writer_of_its_own(tmp_path: Path) -> None:
    assert len({Journal(tmp_path, MUCH, OWNER).writer_id for _ in range(10)}) == 10


def test_it_grows_to_its_limit(tmp_path: Path) -> None:
    journal = Journal(folder_of(tmp_path), 2 * len(line(1)), OWNER)
    for number in (1, 2):
        journal.append(batch(number))
    with pytest.raises(StorageError, match="full"):
        journal.append(batch(3))
    journal.forget(journal.read())
    journal.append(batch(4))
    assert journal.replies == 1
    journal.close()


def test_a_limit_of_nothing_is_no_journal(tmp_path: Path) -> None:
    journal = Journal(folder_of(tmp_path), 0, OWNER)
    journal.prepare()
    with pytest.raises(StorageError):
        journal.append(batch(1))
    assert list(tmp_path.iterdir()) == []


def test_one_that_was_damaged_is_set_aside_and_goes_on(tmp_path: Path) -> None:
    journal = Journal(folder_of(tmp_path), MUCH, OWNER)
    for number in (1, 2):
        journal.append(batch(number))
    (path,) = folder_of(tmp_path).iterdir()
    path.write_bytes(path.read_bytes().replace(b"faces", b"fakes", 1))
    chunk = journal.read()
    assert chunk.batches == (batch(2),)
    journal.forget(chunk)
    assert journal.is_empty
    assert [each.suffix for each in folder_of(tmp_path).iterdir()] == [".damaged"]
    journal.append(batch(3))
    assert journal.read().batches == (batch(3),)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StorageError):
        Journal(folder_of(tmp_path), MUCH, OWNER).append(batch(1))
