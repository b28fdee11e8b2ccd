"""The soak in its quick form: good and bad requests of every kind get their own outcome, and are counted."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from conftest import ROOT
from support.servers.environment import inherited


@pytest.mark.alone
def test_every_kind_of_request_gets_its_own_outcome_and_is_counted(
    tmp_path: Path, models_directory: Path
) -> None:
    command = [sys.executable, "-m", "benchmarks.soak", "--minutes", "0.15", "--share", "0.3"]
    done = subprocess.run(
        [*command, "--capacity-seconds", "4", "--out", str(tmp_path)],
        cwd=ROOT,
        env=inherited() | {"PYTHONPATH": "src:tests:.", "BONAFACE_MODELS__DIRECTORY": str(models_directory)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = orjson.loads((tmp_path / "soak.json").read_bytes())
    assert told["lost"] == 0
    assert told["unexpected"] == {}
    assert told["answered"] > 10
    assert (tmp_path / "soak.png").stat().st_size > 10_000
