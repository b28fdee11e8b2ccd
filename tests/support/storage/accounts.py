"""Databases for tests of accounts: real files, in a folder of the test."""

import contextlib
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, event

from bonaface.accounts.audit import Actor
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database

ACTOR = Actor("cli:test", "local")
"""Who makes and changes applications in tests."""


def database_in(folder: Path) -> Database:
    """A database whose file is in `folder`; nothing is made yet."""
    return Database(StorageSettings(directory=folder))


def mode_of(path: Path) -> int:
    """The permission bits of `path`."""
    return stat.S_IMODE(path.stat().st_mode)


@contextlib.contextmanager
def statements() -> Iterator[list[str]]:
    """Collect every SQL statement that runs inside the block, on any engine, transaction control left out."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def run_at_once(script: str, arguments: list[str], *, count: int) -> list[list[str]]:
    """Run `script` in `count` processes that take each argument at the same time; what each printed for it.

    The script prints one line when it is ready, reads an argument a line, and prints one line for each.
    Fails unless every process ends well.
    """
    with contextlib.ExitStack() as stack:
        processes = [stack.enter_context(_start(script)) for _ in range(count)]
        _lines(processes)
        printed = []
        for argument in arguments:
            for process in processes:
                print(argument, file=process.stdin, flush=True)
            printed.append(_lines(processes))
        for process in processes:
            process.communicate(timeout=60)
        assert [process.returncode for process in processes] == [0] * count
        return printed


def _start(script: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-c", script]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _lines(processes: list[subprocess.Popen[str]]) -> list[str]:
    return [process.stdout.readline().strip() for process in processes if process.stdout is not None]
