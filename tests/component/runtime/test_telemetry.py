"""No engine reports home or leaves anything in the home folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bonaface.runtime.telemetry import reports_blocked
from support.models.networks import addition

RUN = """
import sys, os
from pathlib import Path
import numpy as np
from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import SessionOptions
for engine in ("openvino", "onnxruntime"):
    session = session_factory(engine)(Path(sys.argv[1]).read_bytes, SessionOptions())
    one = np.ones((1, 2), np.float32)
    assert session.run({"a": one, "b": one})["twice"].tolist() == [[4, 4]]
import openvino
from openvino.tools.ovc import telemetry_utils
assert telemetry_utils.tm.__name__ == "openvino.tools.ovc.telemetry_stub", telemetry_utils.tm
assert "openvino_telemetry" not in sys.modules
assert "ORT_DISABLE_TELEMETRY" not in os.environ
"""


def test_both_engines_leave_nothing_in_the_home_folder(tmp_path: Path) -> None:
    home, model = tmp_path / "home", tmp_path / "model.onnx"
    home.mkdir()
    model.write_bytes(addition())
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "ORT_DISABLE_TELEMETRY")}
    folders = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "TMPDIR": str(home)}
    command = [sys.executable, "-c", RUN, str(model)]
    subprocess.run(command, env={**kept, **folders}, check=True, timeout=60)
    assert list(home.rglob("*")) == []


@pytest.mark.parametrize("before", [None, "0"])
def test_environment_and_modules_are_as_before(monkeypatch: pytest.MonkeyPatch, before: str | None) -> None:
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)
    monkeypatch.delitem(sys.modules, "openvino_telemetry", raising=False)
    if before is not None:
        monkeypatch.setenv("ORT_DISABLE_TELEMETRY", before)
        monkeypatch.setitem(sys.modules, "openvino_telemetry", sys)
    with reports_blocked():
        assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
        with pytest.raises(ImportError):
            __import__("openvino_telemetry")
    assert os.environ.get("ORT_DISABLE_TELEMETRY") == before
    assert sys.modules.get("openvino_telemetry") is (None if before is None else sys)
