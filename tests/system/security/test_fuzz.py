"""The fuzzer finds what there is to find; `tests/slow/test_fuzz.py` lets it look for half a minute."""

import importlib.util
from pathlib import Path

import pytest

if importlib.util.find_spec("atheris") is None:
    pytest.skip("needs atheris, which has no build for this platform", allow_module_level=True)

from fuzz.plans import Plan
from fuzz.session import Result, Session
from fuzz.suspects import judge

SECONDS = 60
"""Until a fault is found, which ends it: where memory is slow to get, the clock may come first once."""


def fuzzed(folder: Path, word: bytes, seconds: float = 4) -> Result:
    plan = Plan("faulty", "support.faults.faulty", lambda: [word], ("word",), 16)
    return Session(plan, folder, seconds).run()


@pytest.mark.parametrize(
    ("word", "kind", "report"),
    [(b"crash", "crash", "ZeroDivisionError"), (b"hang", "hang", "CPU"), (b"memory", "memory", "peak")],
)
def test_a_fault_is_found_and_told(tmp_path: Path, word: bytes, kind: str, report: str) -> None:
    (finding,) = fuzzed(tmp_path, word, SECONDS).findings
    assert finding.kind == kind
    assert Path(finding.path).read_bytes() == word
    assert report in finding.report


def test_what_never_ends_is_a_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuzz.suspects.PATIENCE", 5)
    path = tmp_path / "timeout-1"
    path.write_bytes(b"stuck")
    finding = judge("support.faults.faulty", path)
    assert finding is not None
    assert (finding.kind, finding.report) == ("hang", "no answer within 5 seconds")


def test_what_is_slow_without_working_is_no_hang(tmp_path: Path) -> None:
    result = fuzzed(tmp_path, b"wait")
    assert result.findings == []
    assert result.slow_alone >= 1
