"""A unit test opens no socket and no database, and starts no process: one that does fails."""

import sys
import threading
from collections.abc import Iterator

import pytest

REFUSED = ("socket.bind", "socket.connect", "sqlite3.connect", "subprocess.Popen", "os.posix_spawn")
"""Events of the interpreter's audit, one for each way out."""


class Guard:
    """Fails a test that takes a way out while it is closed. The interpreter keeps it to its end.

    Threads are let pass: one that an earlier test left behind may still look for its collector.
    """

    def __init__(self) -> None:
        self.is_closed = False
        sys.addaudithook(self._look)

    def _look(self, event: str, _arguments: tuple[object, ...]) -> None:
        if self.is_closed and event in REFUSED and threading.current_thread() is threading.main_thread():
            pytest.fail(f"{event}: this belongs in tests/component or tests/system")


@pytest.fixture(scope="session")
def guard() -> Guard:
    return Guard()


@pytest.fixture(autouse=True)
def _no_way_out(guard: Guard) -> Iterator[None]:
    guard.is_closed = True
    yield
    guard.is_closed = False
