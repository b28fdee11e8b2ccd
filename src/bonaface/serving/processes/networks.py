"""Networks that one worker compiled, for the others of the same server: a file in memory, without a name.

What is compiled is not verified as model files are, so a worker never writes it to disk (who installs
models may: `bonaface.runtime.compilation_cache`), and has the file only until it has loaded its models: no
image of a stranger's has come by then.
"""

import os
import pickle
from typing import TYPE_CHECKING, BinaryIO

from bonaface.serving.processes.unnamed_file import unnamed_file

if TYPE_CHECKING:
    from bonaface.runtime.session import CompiledNetworks


def open_networks() -> BinaryIO:
    """An empty file. Raises OSError."""
    return unnamed_file("networks")


def holds_networks(file: BinaryIO) -> bool:
    """Whether anything was written: not by an engine that compiles nothing."""
    return os.fstat(file.fileno()).st_size > 0


def read_networks(file: BinaryIO) -> "CompiledNetworks":
    """What was written; nothing where that was not finished.

    Several processes may read at once, and all have one position in the file: so none uses it.
    """
    data = os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)
    try:
        networks: CompiledNetworks = pickle.loads(data)  # noqa: S301 - written by a worker, before any image
    except (EOFError, pickle.UnpicklingError):
        return {}
    return networks


def write_networks(file: BinaryIO, networks: "CompiledNetworks") -> None:
    """In place of what is there. Raises OSError."""
    file.truncate(0)
    data = pickle.dumps(networks, pickle.HIGHEST_PROTOCOL)
    written = 0
    while written < len(data):
        written += os.pwrite(file.fileno(), data[written:], written)
