"""A minute of fuzzing finds nothing, and the runner finds what there is to find."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

if importlib.util.find_spec("atheris") is None:
    pytest.skip("needs atheris, which has no build for this platform", allow_module_level=True)

from fuzz.plans import PLANS, Plan
from fuzz.session import Result, Session
from fuzz.suspects import judge

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60
RARE = 100


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(300)
def test_a_minute_over_all_targets(tmp_path: Path) -> None:
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


def fuzzed(folder: Path, word: bytes) -> Result:
    plan = Plan("faulty", "support.faulty", lambda: [word], ("word",), 16)
    return Session(plan, folder, 4).run()


@pytest.mark.parametrize(
    ("word", "kind", "report"),
    [(b"crash", "crash", "ZeroDivisionError"), (b"hang", "hang", "CPU"), (b"memory", "memory", "peak")],
)
def test_a_fault_is_found_and_told(tmp_path: Path, word: bytes, kind: str, report: str) -> None:
    (finding,) = fuzzed(tmp_path, word).findings
    assert finding.kind == kind
    assert Path(finding.path).read_bytes() == word
    assert report in finding.report


def test_what_never_ends_is_a_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuzz.suspects.PATIENCE", 5)
    path = tmp_path / "timeout-1"
    path.write_bytes(b"stuck")
    finding = judge("support.faulty", path)
    assert finding is not None
    assert (finding.kind, finding.report) == ("hang", "no answer within 5 seconds")


def test_what_is_slow_without_working_is_no_hang(tmp_path: Path) -> None:
    result = fuzzed(tmp_path, b"wait")
    assert result.findings == []
    assert result.slow_alone >= 1
