from importlib.metadata import version

import pytest

from bonaface.runtime.session import SessionFactory, SessionOptions
from support.networks import convolution
from support.sessions import SessionContract

pytest.importorskip("bonaface.runtime.openvino", reason="OpenVINO has no build for this machine")

from bonaface.runtime.openvino import OpenVinoSession, compile_network


class TestOpenVinoSession(SessionContract):
    @pytest.fixture
    def factory(self) -> SessionFactory:
        return OpenVinoSession

    def test_names_itself_and_its_version(self) -> None:
        assert OpenVinoSession.engine == f"OpenVINO {version('openvino')}"


@pytest.mark.parametrize("lanes", [1, 3])
def test_compiled_for_f32_and_one_thread_a_lane(lanes: int) -> None:
    compiled = compile_network(convolution()[0], SessionOptions(lanes=lanes))
    assert compiled.get_property("INFERENCE_PRECISION_HINT").to_string() == "f32"
    streams = compiled.get_property("NUM_STREAMS")
    assert 1 <= streams <= lanes  # the engine makes no more streams than there are cores
    assert compiled.get_property("INFERENCE_NUM_THREADS") == streams
    assert compiled.get_property("ENABLE_CPU_PINNING") is False
