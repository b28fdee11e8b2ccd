"""Half a minute of fuzzing all targets finds nothing."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

if importlib.util.find_spec("atheris") is None:
    pytest.skip("needs atheris, which has no build for this platform", allow_module_level=True)

from fuzz.plans import PLANS

SECONDS = 30
RARE = 100


@pytest.mark.alone
@pytest.mark.timeout(300)
def test_half_a_minute_over_all_targets(tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    command = [sys.executable, "-m", "fuzz.run", "--seconds", str(SECONDS), "--jobs", "2"]
    done = subprocess.run(
        [*command, "--folder", str(tmp_path), "--out", str(out)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads(out.read_text())["targets"]
    assert [result["target"] for result in results] == list(PLANS)
    for result in results:
        assert result["inputs"] > RARE
        assert result["edges"] > 0
        assert 0 < result["peak_mb"] < 600
        assert result["corpus"] > 0
        assert result["findings"] == []
        assert result["target"] in done.stdout
