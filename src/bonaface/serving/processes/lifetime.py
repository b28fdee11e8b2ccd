"""How a process ends with another one, however that ends, and whatever it is at itself.

Each has an end of a pipe. When the writing end is closed, by whatever ends the process that had it, the
kernel kills the reader. A parent-death signal would come when the thread that forked ends: that is another
process here, and may be lost while its workers go on.
"""

import fcntl
import os
import select
import signal
from io import FileIO


def pipe() -> tuple[FileIO, FileIO]:
    """The end for the process that is to end, and the end whose closing ends it. No child inherits them."""
    theirs, ours = os.pipe()
    return FileIO(theirs, "r"), FileIO(ours, "w")


def end_with(descriptor: int) -> None:
    """Have this process killed once nobody has the writing end of the pipe that `descriptor` reads.

    At once if nobody has it now. Nothing may be written into the pipe. The registration is that of the open
    pipe: a child that is forked later needs a pipe of its own. Does nothing where a system is not Linux.
    """
    if not hasattr(fcntl, "F_SETSIG"):
        return
    fcntl.fcntl(descriptor, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, fcntl.fcntl(descriptor, fcntl.F_GETFL) | os.O_ASYNC)
    poll = select.poll()
    poll.register(descriptor, select.POLLHUP)
    if poll.poll(0):  # it was closed before the kernel was asked
        os.kill(os.getpid(), signal.SIGKILL)
