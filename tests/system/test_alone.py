"""A run over two processes, in which a test that is alone would meet the others."""

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

TESTS = """
import time
from pathlib import Path

import pytest

RUNNING = Path(__file__).parent / "running"


def run(name: str) -> list[str]:
    mine = RUNNING / name
    mine.touch()
    time.sleep(0.02)
    met = [path.name for path in RUNNING.iterdir()]
    mine.unlink()
    return met


@pytest.mark.alone
@pytest.mark.parametrize("number", range(10))
def test_alone(number: int) -> None:
    assert run(f"alone-{number}") == [f"alone-{number}"]


@pytest.mark.parametrize("number", range(40))
def test_beside_others(number: int) -> None:
    assert not any(name.startswith("alone") for name in run(f"beside-{number}"))
"""


@pytest.mark.parametrize("processes", [0, 2])
def test_while_one_is_alone_nobody_else_runs(processes: int, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "running").mkdir()
    plugins = ["-p", "support.alone", "-p", "support.order"]
    options = [*plugins, "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path)]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-n",
            str(processes),
            "--dist",
            "worksteal",
            *options,
            str(tmp_path),
        ],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "tests"), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "50 passed" in done.stdout, done.stdout
    assert not list(tmp_path.glob("bonaface-turns-*"))
