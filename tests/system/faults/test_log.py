"""The log cannot be written: nobody reads its pipe, its reader has died, its disk is full, there is none."""

import os
import signal
import subprocess
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from support.load.clients import Clients
from support.servers.process import COMMAND
from support.servers.served import QUICK_ENGINE, serving
from support.waiting import wait_until

ENOUGH = 300
MOST_GROWTH_KB = 20_000
WITHOUT_STREAMS = ("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *COMMAND)


def full_pipe(stack: ExitStack) -> int:
    """The end to write to of a pipe that takes nothing more and has a reader that does not read."""
    reading, writing = os.pipe()
    stack.callback(os.close, reading)
    stack.callback(os.close, writing)
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, bytes(4096))
    os.set_blocking(writing, True)
    return writing


def broken_pipe(stack: ExitStack) -> int:
    reading, writing = os.pipe()
    os.close(reading)
    stack.callback(os.close, writing)
    return writing


def options_of(kind: str, stack: ExitStack) -> dict[str, Any]:
    if kind == "closed":
        return {"command": WITHOUT_STREAMS, "stdout": subprocess.DEVNULL}
    if kind == "a full disk":
        disk = Path("/dev/full").open("wb")  # noqa: SIM115 - the stack closes it
        return {"stderr": stack.enter_context(disk), "stdout": subprocess.DEVNULL}
    pipe = full_pipe(stack) if kind == "a full pipe" else broken_pipe(stack)
    return {"stderr": pipe, "stdout": pipe}


@pytest.mark.parametrize("kind", ["a full pipe", "a broken pipe", "a full disk", "closed"])
def test_requests_are_answered_and_counted_whatever_becomes_of_the_log(
    kind: str, tmp_path: Path, models_directory: Path, small: bytes
) -> None:
    with ExitStack() as stack:
        options = options_of(kind, stack)
        served = stack.enter_context(serving(tmp_path, models_directory, models=QUICK_ENGINE, **options))
        memory = served.memory
        with Clients(served, small, 4) as load:
            wait_until(lambda: load.received.total() >= ENOUGH)
        assert (load.cut, load.unanswered) == (0, 0)
        assert served.counted() == load.received
        assert served.memory - memory < MOST_GROWTH_KB
        served.send(signal.SIGTERM)
        assert served.wait() == 0
