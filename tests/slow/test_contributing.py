"""Three tasks of CONTRIBUTING.md, performed in a copy of the repository by the steps that stand there.

    pytest tests/slow/test_contributing.py

takes a minute.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from conftest import ROOT
from support.docs.checkout import copied
from support.docs.recipe import commands, edits, section
from support.models.networks import constant
from support.servers.environment import inherited

PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
SETTING, ROUTE, NETWORK = "Add a setting", "Add an admin route", "Add a PAD network"
WEIGHTS = Path("src/bonaface/models/weights/example-pad.onnx")
UNIT_TESTS = (
    *("tests/unit/quality", "tests/unit/test_settings.py", "tests/unit/api/admin", "tests/unit/models"),
    *("tests/unit/liveness", "tests/unit/docs/test_settings.py"),
)
SNAPSHOT = Path("tests/component/contract/openapi.snapshot.json")
BIN = Path(sys.executable).parent


def _network() -> bytes:
    """One that is sure that every face is bona fide, in bytes enough for a real file."""
    return constant({"logit": np.full((1, 1), 2, np.float32), "rest": np.zeros((1, 400), np.float32)}, "crop")


def _run(copy: Path, *command: str) -> None:
    """In the copy: its code comes before the installed one, and no labelled images lie beside it."""
    kept = {name: value for name, value in inherited().items() if not name.startswith("REQUIRE_")}
    environment = kept | {"PYTHONPATH": "src", "PATH": f"{BIN}:{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr


def _make(copy: Path, target: str) -> None:
    """The environment is taken as it is, whatever the dates of the copied files."""
    made = [f"{BIN.parent}/{stamp}" for stamp in (".python", ".run", ".test")]
    _run(copy, "make", target, f"VENV={BIN.parent}", *(part for stamp in made for part in ("-o", stamp)))


@pytest.mark.after_lint
@pytest.mark.timeout(900)
def test_three_tasks_by_the_steps_of_the_page(tmp_path: Path) -> None:
    copy, network = copied(tmp_path / "copy"), _network()
    if (ROOT / ".mypy_cache").is_dir():
        shutil.copytree(ROOT / ".mypy_cache", copy / ".mypy_cache")
    (copy / WEIGHTS).write_bytes(network)
    values = {"SHA256": hashlib.sha256(network).hexdigest(), "SIZE": str(len(network))}
    tasks = [section(PAGE, title) for title in (SETTING, ROUTE, NETWORK)]
    for task in tasks:
        for edit in edits(task, values):
            edit.make(copy)
    for command in sorted({command for task in tasks for command in commands(task)}):
        _make(copy, command.removeprefix("make "))
    _make(copy, "lint")
    _run(copy, f"{BIN}/pytest", "-q", *UNIT_TESTS)
    assert "`faces.max_roll`" in (copy / "docs" / "settings.md").read_text("utf-8")
    assert "/admin/v1/limits" in (copy / SNAPSHOT).read_text("utf-8")
