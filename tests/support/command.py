"""The `bonaface` command run in this process, as a shell would run it."""

import io
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

from bonaface.cli.app import main


@dataclass(frozen=True)
class Finished:
    """How a command ended and what it wrote."""

    exit_code: int
    stdout: str
    stderr: str


def run(*arguments: str) -> Finished:
    """Runs `bonaface ARGUMENTS`."""
    out, err = io.StringIO(), io.StringIO()
    status: object = 0
    with patch("sys.argv", ["bonaface", *arguments]), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            status = end.code
    return Finished(status if isinstance(status, int) else 0, out.getvalue(), err.getvalue())
