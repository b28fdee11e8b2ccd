"""The `bonaface` command run in this process, as a shell would run it."""

import io
import os
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

from bonaface.cli.app import main
from bonaface.setting_sources import ENV_PREFIX


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


def run_with(settings: Mapping[str, str], *arguments: str) -> Finished:
    """The same with these settings and no others, by their names in the environment, on a wide terminal."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(ENV_PREFIX)}
    given = {f"{ENV_PREFIX}{name}": value for name, value in settings.items()}
    with patch.dict(os.environ, {**others, **given, "COLUMNS": "200"}, clear=True):
        return run(*arguments)
