"""Standard streams that are there, whoever started the process."""

import os
import sys

STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def open_missing_streams() -> None:
    """Put /dev/null where standard input, output or error is closed.

    Else the next file or socket that is opened, the database perhaps, gets its number, and a native
    library that complains on standard error writes into it.
    """
    for descriptor, (name, mode) in enumerate(STREAMS):
        if not _is_open(descriptor):
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
            os.set_inheritable(descriptor, True)  # else a worker process would have none
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(descriptor, mode, closefd=False))


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
