"""Files that have no name and end with who has them open: in memory, where the system has that."""

import os
import sys
import tempfile
from typing import BinaryIO


def unnamed_file(purpose: str) -> BinaryIO:
    """An empty one, to be written and read. `purpose` is what tools show of it. Raises OSError."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create(purpose), "w+b")
    return tempfile.TemporaryFile()
