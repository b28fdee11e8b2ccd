"""Node and its packages: what a test needs of them, and where."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

from conftest import need_service

SECONDS = 300


def why_not() -> str | None:
    """Why nothing of Node can be run here; None where it can."""
    missing = [name for name in ("node", "npm") if shutil.which(name) is None]
    return f"needs {' and '.join(missing)} (Debian: apt-get install nodejs npm)" if missing else None


@cache
def installed(project: Path) -> Path:
    """The folder `node_modules` of a project, as its lock says; installed where it is not there yet."""
    folder = project / "node_modules"
    if not folder.is_dir():
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        need_service(done.stderr[-2000:] or "npm ci failed" if done.returncode else None)
    return folder
