"""The file that a command's results go to (`--out`), or standard output."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bonaface.errors import InvalidParameterError
from bonaface.optional_dependencies import require_extra

NO_TERMINAL = "Name the file with --out: parquet is not text."


def require_parquet(out: Path | None) -> None:
    """Raises ConfigurationError without what writes parquet, InvalidParameterError without a file for it."""
    require_extra("parquet", "--format parquet")
    if out is None:
        raise InvalidParameterError(NO_TERMINAL)


@contextmanager
def text_output(out: Path | None) -> Iterator[TextIO]:
    """The file, or standard output. Raises InvalidParameterError where the file cannot be written."""
    if out is None:
        yield sys.stdout
        return
    with write_explained(out), out.open("w", encoding="utf-8", newline="") as file:
        yield file


@contextmanager
def write_explained(out: Path) -> Iterator[None]:
    """Raises InvalidParameterError for what the operating system refuses inside the block."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno or errno.EIO)  # what Parquet's library says holds the path again
        raise InvalidParameterError(f"{out} cannot be written ({reason}); name another file.") from error
