import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bonaface.errors import StorageError
from bonaface.storage import files
from support.storage.accounts import mode_of


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture(params=[0o000, 0o022, 0o277], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_what_is_made_is_the_owners_alone_under_any_umask(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    files.make_folder(folder)
    files.make_file(folder / "a")
    files.write_private(folder / "b", b"content")

    assert mode_of(folder) == 0o700
    assert mode_of(folder / "a") == 0o600
    assert mode_of(folder / "b") & 0o077 == 0


def test_an_existing_folder_keeps_its_mode(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    folder.chmod(0o750)
    files.make_folder(folder)

    assert mode_of(folder) == 0o750


def test_parents_are_made_too(tmp_path: Path) -> None:
    files.make_folder(tmp_path / "a" / "b" / "c")

    assert mode_of(tmp_path / "a" / "b" / "c") == 0o700


def test_an_existing_file_keeps_its_content_and_loses_the_rights_of_others(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"content")
    file.chmod(0o644)
    files.make_file(file)

    assert mode_of(file) == 0o600
    assert file.read_bytes() == b"content"


def test_tighten_adds_no_rights_and_makes_no_file(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"content")
    file.chmod(0o444)
    files.tighten(file)
    files.tighten(tmp_path / "missing")

    assert mode_of(file) == 0o400
    assert not (tmp_path / "missing").exists()


def test_write_private_replaces_all_of_it_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "a"
    files.write_private(file, b"a long first content")
    files.write_private(file, b"second")

    assert file.read_bytes() == b"second"
    assert _names(tmp_path) == ["a"]


def test_a_write_that_fails_leaves_the_old_content_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.mkdir()  # a file cannot take the place of a folder
    (target / "old").touch()

    with pytest.raises(StorageError):
        files.write_private(target, b"new")
    assert _names(tmp_path) == ["a"]
    assert _names(target) == ["old"]


@pytest.mark.parametrize("use", [files.make_folder, lambda path: files.make_file(path / "a")])
def test_a_file_where_a_folder_should_be_is_a_clear_error(tmp_path: Path, use: object) -> None:
    assert callable(use)
    file = tmp_path / "store"
    file.touch()

    with pytest.raises(StorageError, match=r"^The storage folder cannot be used") as caught:
        use(file)
    assert str(tmp_path) not in str(caught.value)


def test_the_lock_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    order: list[str] = []

    def second() -> None:
        with files.exclusive(lock):
            order.append("second")

    thread = threading.Thread(target=second)
    with files.exclusive(lock):
        thread.start()
        with pytest.raises(StorageError, match="Another bonaface process"), files.exclusive(lock, 0.05):
            order.append("never")
        order.append("first")
    thread.join()

    assert order == ["first", "second"]
    assert mode_of(lock) & 0o077 == 0


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), files.exclusive(tmp_path / "lock"):
        _ = 1 / 0
    with files.exclusive(tmp_path / "lock", 0):
        pass


def test_a_lock_in_a_missing_folder_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="storage folder"), files.exclusive(tmp_path / "no" / "lock"):
        pass


def test_a_lock_is_of_one_open_file_and_ends_with_it(tmp_path: Path) -> None:
    first, second = (os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT) for _ in range(2))
    assert files.try_lock(first)
    assert not files.try_lock(second)
    os.close(first)
    assert files.try_lock(second)
    os.close(second)


def test_a_folder_that_is_not_there_cannot_be_synced(tmp_path: Path) -> None:
    files.sync_folder(tmp_path)
    with pytest.raises(StorageError):
        files.sync_folder(tmp_path / "none")
