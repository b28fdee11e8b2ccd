"""Processes that tests start end with the run, also where that is killed.

As the product has it (`bonaface.serving.processes.lifetime`), but asked for by the parent: the process may be
any program. It needs no more than the reading end of a pipe, which it inherits.
"""

import fcntl
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import FileIO
from typing import Any

from bonaface.serving.processes.lifetime import pipe


def end_with_us(process: int, theirs: FileIO, number: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send `number` to a process that has inherited `theirs` when our end is closed."""
    with theirs:
        fcntl.fcntl(theirs, fcntl.F_SETOWN, process)
        fcntl.fcntl(theirs, fcntl.F_SETSIG, number)
        fcntl.fcntl(theirs, fcntl.F_SETFL, fcntl.fcntl(theirs, fcntl.F_GETFL) | os.O_ASYNC)


@contextmanager
def started(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[Any]]:  # noqa: ANN401 - as Popen
    """`Popen`, whose process is killed should this one end first. The block has to end it otherwise."""
    theirs, ours = pipe()
    with ours:
        try:
            process = subprocess.Popen(command, pass_fds=[theirs.fileno()], **options)
        except BaseException:
            theirs.close()
            raise
        with process:
            end_with_us(process.pid, theirs)
            yield process
