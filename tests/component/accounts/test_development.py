import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest

from bonaface.accounts.authenticator import Authenticator
from bonaface.accounts.development import DevelopmentKey, ensure_development_key
from bonaface.accounts.repository import ApplicationRepository
from bonaface.errors import StorageError
from bonaface.storage import files
from bonaface.storage.database import Database
from support.storage.accounts import ACTOR, database_in, mode_of, run_at_once

ENSURE = """
import sys
from pathlib import Path
from bonaface.accounts.development import ensure_development_key
from bonaface.settings import StorageSettings
from bonaface.storage import files
from bonaface.storage.database import Database
print("ready", flush=True)
for line in sys.stdin:
    folder = Path(line.strip())
    with Database(StorageSettings(directory=folder)) as database:
        print(ensure_development_key(database, folder).secret, flush=True)
"""
FILE = "development.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    with database_in(folder) as database:
        yield database


@pytest.fixture
def first(database: Database, folder: Path) -> DevelopmentKey:
    return ensure_development_key(database, folder)


def _works(database: Database, key: DevelopmentKey) -> bool:
    found = Authenticator(ApplicationRepository(database)).authenticate(key.app_key, key.secret)
    return found.application.app_key == key.app_key


def test_the_first_run_makes_a_key_that_works(database: Database, first: DevelopmentKey) -> None:
    assert first.created
    assert first.notice == "A development key was made."
    assert _works(database, first)
    assert first.secret not in repr(first)


def test_the_next_run_gives_the_same(database: Database, first: DevelopmentKey, folder: Path) -> None:
    again = ensure_development_key(database, folder)

    assert (again.app_key, again.secret) == (first.app_key, first.secret)
    assert not again.created
    assert again.notice == ""
    assert len(list(ApplicationRepository(database).list_applications())) == 1


def test_the_file_is_the_owners_alone_and_names_both(first: DevelopmentKey, folder: Path) -> None:
    assert mode_of(folder) == 0o700
    assert mode_of(folder / FILE) == 0o600
    assert json.loads((folder / FILE).read_bytes()) == {"appKey": first.app_key, "secretKey": first.secret}


def test_a_file_open_to_others_is_closed_to_them(
    database: Database, first: DevelopmentKey, folder: Path
) -> None:
    (folder / FILE).chmod(0o644)

    assert ensure_development_key(database, folder).secret == first.secret
    assert mode_of(folder / FILE) == 0o600


@pytest.mark.parametrize(
    "content", [None, b"", b"{", b"[]", b'{"appKey": 1}', b'{"appKey": "a"}', b"\xff\x00", b"[" * 100_000]
)
def test_a_lost_or_damaged_file_gives_a_new_key_and_says_so(
    database: Database, first: DevelopmentKey, folder: Path, content: bytes | None
) -> None:
    (folder / FILE).unlink() if content is None else (folder / FILE).write_bytes(content)
    new = ensure_development_key(database, folder)

    assert new.app_key != first.app_key
    assert new.secret != first.secret
    assert new.created
    assert "lost or damaged" in new.notice
    assert _works(database, new)
    assert ensure_development_key(database, folder).secret == new.secret


def _disable(database: Database, first: DevelopmentKey, _folder: Path) -> None:
    ApplicationRepository(database).disable_application(first.app_key, actor=ACTOR)


def _remove_database(database: Database, _first: DevelopmentKey, folder: Path) -> None:
    database.close()
    for file in folder.glob("bonaface.db*"):
        file.unlink()


def _change_secret(_database: Database, first: DevelopmentKey, folder: Path) -> None:
    (folder / FILE).write_text(json.dumps({"appKey": first.app_key, "secretKey": "other"}))


@pytest.mark.parametrize("spoil", [_disable, _remove_database, _change_secret])
def test_a_key_that_no_longer_works_is_replaced_and_says_so(
    database: Database,
    first: DevelopmentKey,
    folder: Path,
    spoil: Callable[[Database, DevelopmentKey, Path], None],
) -> None:
    spoil(database, first, folder)
    new = ensure_development_key(database, folder)

    assert new.app_key != first.app_key
    assert "disabled or is unknown" in new.notice
    assert _works(database, new)
    assert ensure_development_key(database, folder).app_key == new.app_key


def test_an_operators_applications_are_left_alone(database: Database, folder: Path) -> None:
    database.migrate()
    repository = ApplicationRepository(database)
    shop, _, _ = repository.create_application("Shop", actor=ACTOR)
    key = ensure_development_key(database, folder)

    assert key.notice == "A development key was made."
    assert repository.get_application(shop.app_key) == shop


def test_processes_that_start_at_once_get_the_same_key(tmp_path: Path) -> None:
    printed = run_at_once(ENSURE, [str(tmp_path / str(number)) for number in range(8)], count=2)

    assert len({secret for both in printed for secret in both}) == 8
    assert all(one == other and len(one) == 43 for one, other in printed)


def test_a_second_run_waits_for_the_first_ones_key(database: Database, folder: Path) -> None:
    database.migrate()
    found: list[DevelopmentKey] = []
    second = threading.Thread(target=lambda: found.append(ensure_development_key(database, folder)))
    with files.exclusive(folder / f"{FILE}.lock"):
        second.start()
        second.join(0.5)  # far longer than it takes to make a key
        assert second.is_alive()
        made, _, secret = ApplicationRepository(database).create_application("development", actor=ACTOR)
        (folder / FILE).write_text(json.dumps({"appKey": made.app_key, "secretKey": secret}))
    second.join()

    assert [key.secret for key in found] == [secret]


def test_a_file_that_cannot_be_read_is_a_clear_error(database: Database, folder: Path) -> None:
    database.migrate()
    (folder / FILE).mkdir()

    with pytest.raises(StorageError, match="development key cannot be read"):
        ensure_development_key(database, folder)


def test_nothing_is_readable_by_others_even_for_a_moment(database: Database, folder: Path) -> None:
    """After every call of the operating system and of SQLite, with the widest umask, modes are looked at."""
    calls = {"open", "mkdir", "chmod", "fchmod", "replace", "write", "execute", "commit", "connect", "close"}
    open_to_others: set[tuple[str, int]] = set()
    looked: set[str] = set()

    def look(_frame: FrameType, event: str, function: object) -> None:
        if event == "c_return" and getattr(function, "__name__", "") in calls and folder.exists():
            for path in (folder, *map(Path, os.scandir(folder))):
                looked.add(path.name)
                if mode_of(path) & 0o077:
                    open_to_others.add((path.name, mode_of(path)))

    before = os.umask(0)
    sys.setprofile(look)
    try:
        ensure_development_key(database, folder)
    finally:
        sys.setprofile(None)
        os.umask(before)

    assert open_to_others == set()
    assert looked >= {"store", "bonaface.db", "bonaface.db-wal", FILE}
    assert any(name.startswith(f".{FILE}.") for name in looked)
