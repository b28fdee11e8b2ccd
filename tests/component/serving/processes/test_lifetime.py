"""Processes that are killed when the other end of a pipe is closed, however they stand."""

import os
import signal
import subprocess
import sys
from io import FileIO

import pytest

from bonaface.serving.processes.lifetime import pipe

COMMAND = (
    "import sys, time; from bonaface.serving.processes.lifetime import end_with; end_with(int(sys.argv[1]))"
)
SLEEPS = "; print('asked', flush=True); time.sleep(600)"


def begun(theirs: FileIO) -> subprocess.Popen[bytes]:
    descriptor = theirs.fileno()
    command = [sys.executable, "-c", COMMAND + SLEEPS, str(descriptor)]
    return subprocess.Popen(command, pass_fds=[descriptor], stdout=subprocess.PIPE)


@pytest.mark.parametrize("state", [signal.SIGCONT, signal.SIGSTOP])
def test_it_ends_when_the_other_end_is_closed(state: signal.Signals) -> None:
    theirs, ours = pipe()
    with ours, theirs, begun(theirs) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"asked\n"
        process.send_signal(state)
        assert process.poll() is None
        ours.close()
        assert process.wait(60) == -signal.SIGKILL


def test_it_ends_at_once_when_it_was_closed_before() -> None:
    theirs, ours = pipe()
    ours.close()
    with theirs, begun(theirs) as process:
        assert process.wait(60) == -signal.SIGKILL


def test_no_child_gets_an_end_by_itself() -> None:
    theirs, ours = pipe()
    with theirs, ours:
        assert not os.get_inheritable(theirs.fileno())
        assert not os.get_inheritable(ours.fileno())
