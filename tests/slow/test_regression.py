"""The check of speed in CI: nothing is a quarter slower than `benchmarks/baseline.json` says."""

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from support.servers.environment import inherited


@pytest.mark.alone
def test_nothing_became_slower(models_directory: Path) -> None:
    """In a process of its own, which nothing traces."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.regression"],
        cwd=ROOT,
        env=inherited() | {"PYTHONPATH": "src:tests:.", "BONAFACE_MODELS__DIRECTORY": str(models_directory)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "whole call over all kernels" in done.stdout
