"""Tests marked `alone` have the machine to themselves: while one runs, the other processes of the run wait.

`make` runs them when all others have ended. Where they are asked for together with others, by hand, these
wait. In a run of one process nobody waits.
"""

import fcntl
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

MARK = "alone"
FOLDER = "folder_of_turns"
"""Under this name the processes are told where the files of their locks lie."""


class Turns:
    """Who runs: any number of tests, or one alone. Processes with the same folder share it."""

    def __init__(self, folder: Path) -> None:
        self._door, self._room = folder / "door", folder / "room"

    @contextmanager
    def taken(self, *, alone: bool) -> Generator[None]:
        """Wait for leave to run, and have it while the block does.

        Whoever waits for all to be gone holds the door, so that nobody comes in meanwhile.
        """
        with ExitStack() as inside:
            with _locked(self._door, fcntl.LOCK_EX):
                inside.enter_context(_locked(self._room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH))
            yield


@contextmanager
def _locked(path: Path, how: int) -> Generator[None]:
    with path.open("ab") as file:
        fcntl.flock(file, how)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # not by closing: a forked process may hold the file, too


class Controller:
    """Of a run over several processes: makes the folder, and tells it to each."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bonaface-turns-")

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 - pytest-xdist has no types
        node.workerinput[FOLDER] = self._folder.name

    def pytest_unconfigure(self) -> None:
        self._folder.cleanup()


class Worker:
    """Of one of these processes: each test waits for its turn before its time limit begins."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        with self._turns.taken(alone=is_alone(item)):
            return (yield)


def is_alone(item: pytest.Item) -> bool:
    return item.get_closest_marker(MARK) is not None


def pytest_configure(config: pytest.Config) -> None:
    told = getattr(config, "workerinput", None)
    if told is not None:
        config.pluginmanager.register(Worker(Turns(Path(told[FOLDER]))))
    elif config.getoption("numprocesses", None):
        config.pluginmanager.register(Controller())
