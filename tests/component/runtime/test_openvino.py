import os
import subprocess
import sys
from functools import partial
from importlib.metadata import version

import numpy as np
import pytest

from bonaface.errors import ModelError, ModelMissingError
from bonaface.runtime.session import SessionFactory, SessionOptions
from support.models.networks import convolution
from support.models.sessions import SessionContract

pytest.importorskip("bonaface.runtime.openvino", reason="OpenVINO has no build for this machine")

from bonaface.runtime.openvino import OpenVinoSession, compile_network


class TestOpenVinoSession(SessionContract):
    @pytest.fixture
    def factory(self) -> SessionFactory:
        return OpenVinoSession

    def test_names_itself_and_its_version(self) -> None:
        assert OpenVinoSession.engine == f"OpenVINO {version('openvino')}"


TWO_AT_ONCE = """
import os, sys, threading
sys.setswitchinterval(1e-6)
import numpy
from bonaface.runtime.openvino import OpenVinoSession
from bonaface.runtime.session import SessionOptions
from support.models.networks import convolution
session, start = OpenVinoSession(lambda: convolution()[0], SessionOptions(lanes=2)), threading.Barrier(2)
def run():
    start.wait()
    session.run({"x": numpy.zeros((1, 3, 8, 8), numpy.float32)})
threads = [threading.Thread(target=run) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize("_turn", range(3))
def test_the_first_runs_of_a_process_may_be_two_at_once(_turn: int) -> None:
    """Without what the module does at its import three of four such processes hang for ever."""
    subprocess.run(
        [sys.executable, "-c", TWO_AT_ONCE],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        timeout=60,
        check=True,
    )


@pytest.mark.parametrize("lanes", [1, 3])
def test_compiled_for_f32_and_one_thread_once_a_lane(lanes: int) -> None:
    compiled = compile_network(convolution()[0], SessionOptions(lanes=lanes))
    assert len(compiled) == lanes
    for lane in compiled:
        assert lane.get_property("INFERENCE_PRECISION_HINT").to_string() == "f32"
        assert lane.get_property("NUM_STREAMS") == lane.get_property("INFERENCE_NUM_THREADS") == 1
        assert lane.get_property("ENABLE_CPU_PINNING") is False


def test_what_the_engine_cannot_read_is_compiled_anew() -> None:
    network, options = convolution()[0], SessionOptions()
    known: dict[str, bytes] = {}
    compile_network(network, options, known)
    (digest,) = known
    right, known[digest] = known[digest], b"of another version"
    assert len(compile_network(network, options, known)) == 1
    assert len(known[digest]) == len(right)


INPUTS = {"x": np.ones((1, 3, 8, 8), np.float32)}


def test_a_network_that_breaks_is_compiled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one does that found no memory for a kernel: every later run on it fails. Twice at once is once."""
    session = OpenVinoSession(lambda: convolution()[0], SessionOptions())
    expected, broken = session.run(INPUTS)["y"], session._network
    monkeypatch.setattr(broken, "run", failing)
    for _ in range(2):
        assert np.array_equal(session.run(INPUTS)["y"], expected)
    assert session._network is not broken
    assert session._replaced(broken) is session._network


def test_a_session_keeps_no_bytes_of_its_file() -> None:
    """Each worker process would hold all model files; a network that breaks is read again."""
    data = convolution()[0]
    held = sys.getrefcount(data)
    session = OpenVinoSession(partial(bytes, data), SessionOptions())
    assert session.run(INPUTS)
    assert sys.getrefcount(data) == held + 1  # the partial's


def test_a_file_that_is_gone_when_its_network_breaks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [convolution()[0]]

    def reader() -> bytes:
        if not files:
            raise ModelMissingError("gone")
        return files.pop()

    session = OpenVinoSession(reader, SessionOptions())
    monkeypatch.setattr(session._network, "run", failing)
    with pytest.raises(ModelMissingError):
        session.run(INPUTS)


def test_what_fails_on_a_new_network_too_is_a_model_error(monkeypatch: pytest.MonkeyPatch) -> None:
    session = OpenVinoSession(lambda: convolution()[0], SessionOptions())
    monkeypatch.setattr("bonaface.runtime.openvino._Network.run", failing)
    with pytest.raises(ModelError, match="cannot run"):
        session.run(INPUTS)


def failing(*_: object) -> None:
    raise RuntimeError("std::future_error: Broken promise")
