"""A file of batches: torn, damaged, adopted, removed."""

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bonaface.errors import StorageError
from bonaface.storage import files
from bonaface.usage import journal_file as module
from bonaface.usage.journal_file import JournalFile
from bonaface.usage.journal_lines import encode
from bonaface.usage.set_aside import set_aside_in
from bonaface.usage.types import ReplyBatch
from support.storage.accounts import mode_of
from support.storage.replies import OWNER, batch, line, old_line

NAME = "a" * 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / f"{NAME}.jsonl"


def written(path: Path, *batches: ReplyBatch) -> None:
    """A journal as an ended process leaves it."""
    path.write_bytes(b"".join(encode(batch, OWNER) for batch in batches))


def adopted(path: Path) -> JournalFile:
    file = JournalFile.adopt(path)
    assert file is not None
    return file


def read_all(file: JournalFile) -> list[int]:
    """The numbers of all batches, forgotten as they are read."""
    numbers = []
    while not file.is_empty:
        chunk = file.read()
        numbers += [each.number for each in chunk.batches]
        file.forget(chunk)
    return numbers


def test_what_is_appended_is_read_in_its_order(path: Path) -> None:
    file = JournalFile.create(path)
    assert file.is_empty
    for number in (1, 2, 5):
        file.append(line(number, 2))
    chunk = file.read()
    assert chunk.batches == (batch(1, 2), batch(2, 2), batch(5, 2))
    assert (chunk.replies, chunk.is_last, file.size) == (6, True, path.stat().st_size)
    file.forget(chunk)
    assert (file.is_empty, file.size, path.stat().st_size) == (True, 0, 0)
    file.append(line(6))
    assert read_all(file) == [6]
    file.close()
    assert not path.exists()


@pytest.mark.parametrize("umask", [0o000, 0o277], ids=oct)
def test_it_is_its_owners_alone_under_any_umask(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        file = JournalFile.create(path)
    finally:
        os.umask(before)
    assert mode_of(path) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    file.close()


def test_a_batch_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_REPLIES", 10)
    monkeypatch.setattr(module, "READ_BYTES", 1500)
    written(path, *(batch(number, 4) for number in range(1, 31)))
    file = adopted(path)
    assert sum(chunk.replies for chunk in file.chunks()) == 120
    assert [each.number for each in file.read().batches] == [1, 2, 3]
    assert read_all(file) == list(range(1, 31))
    file.close()


def test_a_file_whose_process_lives_is_not_adopted(path: Path) -> None:
    file = JournalFile.create(path)
    file.append(line(1))
    assert JournalFile.adopt(path) is None
    file.close()
    second = adopted(path)
    assert JournalFile.adopt(path) is None
    assert read_all(second) == [1]
    second.close()
    assert JournalFile.adopt(path) is None
    assert not path.exists()


def test_a_file_that_was_removed_meanwhile_is_not_adopted(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(path, batch(1))
    lock = files.try_lock

    def lose_and_lock(descriptor: int) -> bool:
        path.unlink()
        return lock(descriptor)

    monkeypatch.setattr(files, "try_lock", lose_and_lock)
    assert JournalFile.adopt(path) is None


@pytest.mark.parametrize("lost", [1, 10, len(line(2)) - 1])
def test_a_torn_last_line_is_dropped(path: Path, lost: int) -> None:
    written(path, batch(1), batch(2))
    os.truncate(path, path.stat().st_size - lost)
    file = adopted(path)
    with capture_logs() as logs:
        assert read_all(file) == [1]
    file.close()
    assert list(path.parent.iterdir()) == []
    assert [log["event"] for log in logs] == ["ledger.journal.torn"]


def test_zeros_that_a_power_cut_left_are_dropped(path: Path) -> None:
    written(path, batch(1))
    os.truncate(path, path.stat().st_size + 4096)
    file = adopted(path)
    assert read_all(file) == [1]
    assert not file.is_damaged
    file.close()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_damaged_line_costs_no_other_and_the_file_is_set_aside(path: Path, number: int) -> None:
    lines = [line(each) for each in (1, 2, 3)]
    lines[number - 1] = lines[number - 1].replace(b"faces", b"fakes")
    path.write_bytes(b"".join(lines))
    file = adopted(path)
    with capture_logs() as logs:
        assert read_all(file) == [each for each in (1, 2, 3) if each != number]
    file.close()
    assert not path.exists()
    assert path.with_suffix(".damaged").read_bytes() == b"".join(lines)
    assert [(log["event"], log["log_level"]) for log in logs] == [("ledger.journal.damaged", "error")]


def test_one_set_aside_replaces_no_other(path: Path) -> None:
    for content in (b"first\n", b"second\n"):
        path.write_bytes(content)
        file = adopted(path)
        read_all(file)
        file.close()
    contents = {each.name: each.read_bytes() for each in path.parent.iterdir()}
    assert contents == {f"{NAME}.damaged": b"first\n", f"{NAME}.damaged1": b"second\n"}


def test_more_than_a_chunk_of_rubbish_is_passed_over(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READ_BYTES", 1000)
    path.write_bytes(line(1) + b"x" * 2500 + b"\n" + line(2))
    file = adopted(path)
    assert read_all(file) == [1, 2]
    assert file.is_damaged
    file.close()


def test_a_file_that_someone_cut_is_damaged_and_ends(path: Path) -> None:
    written(path, batch(1))
    file = adopted(path)
    os.truncate(path, 0)
    assert read_all(file) == []
    assert file.is_damaged
    file.close()


def test_what_cannot_be_written_leaves_nothing_of_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = JournalFile.create(path)
    file.append(line(1))

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", fail)
        with pytest.raises(StorageError, match="No space left"):
            file.append(line(2))
    file.append(line(3))
    assert path.read_bytes() == line(1) + line(3)
    assert read_all(file) == [1, 3]
    file.close()


def test_a_batch_tells_whose_it_is(path: Path) -> None:
    for content, owner in ((line(1), OWNER), (b"rubbish\n" + line(1), OWNER), (old_line(1), None)):
        path.write_bytes(content)
        file = adopted(path)
        assert file.read().database_id == owner
        file.close()


def test_one_for_another_database_is_set_aside_whole_and_replaces_no_other(path: Path) -> None:
    names = []
    for number in (1, 2):
        path.write_bytes(line(number, 3))
        names.append(adopted(path).set_aside(OWNER))
    assert names == [f"{NAME}.{OWNER}.other", f"{NAME}.{OWNER}.other1"]
    found = set_aside_in(path.parent)
    assert [each.path.name for each in found] == names
    assert [(each.database_id, each.replies()) for each in found] == [(OWNER, 3)] * 2
    assert [each.path.read_bytes() for each in found] == [line(1, 3), line(2, 3)]
    assert {adopted(each.path).writer_id for each in found} == {NAME}


def test_the_replies_of_one_set_aside_are_those_that_can_be_read(path: Path) -> None:
    aside = path.with_name(f"{NAME}.{OWNER}.other")
    aside.write_bytes(line(1, 3) + b"rubbish\n" + line(2, 2)[:-7])
    (found,) = set_aside_in(path.parent)
    assert found.replies() == 3


def test_a_file_that_is_not_forgotten_stays(path: Path) -> None:
    file = JournalFile.create(path)
    file.append(line(1))
    file.close()
    assert path.read_bytes() == line(1)


def test_a_folder_that_is_not_there_is_told_and_nothing_stays(path: Path) -> None:
    with pytest.raises(StorageError):
        JournalFile.create(path / "none" / "x.jsonl")
    path.mkdir()
    (path / "x.jsonl").mkdir()
    with pytest.raises(StorageError):
        JournalFile.create(path / "x.jsonl")
    assert [each.name for each in path.iterdir()] == ["x.jsonl"]


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(line(1))
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError):
        JournalFile.adopt(path)
