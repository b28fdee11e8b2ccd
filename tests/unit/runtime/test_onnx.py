import sys

import numpy as np
import onnx
import pytest

from bonaface.errors import ConfigurationError
from bonaface.runtime.onnx import OnnxSession
from bonaface.runtime.session import SessionFactory, SessionOptions
from support.models.networks import convolution
from support.models.sessions import ANY, SessionContract, expected, pictures


class TestOnnxSession(SessionContract):
    @pytest.fixture
    def factory(self) -> SessionFactory:
        return OnnxSession

    def test_names_itself_and_its_version(self) -> None:
        assert OnnxSession.engine.startswith("ONNX Runtime 1.")


def test_inputs_that_repeat_a_weight_are_no_inputs() -> None:
    """As exporters of ONNX IR 3 wrote them: every weight is an input as well."""
    model, weights, slopes = convolution(batch=1)
    old = onnx.load_from_string(model)
    old.ir_version = 3
    for tensor in old.graph.initializer:
        old.graph.input.append(onnx.helper.make_tensor_value_info(tensor.name, 1, tensor.dims))
    x = pictures(3, 2, 3, 5, 5)
    session = OnnxSession(old.SerializeToString, SessionOptions(shapes=ANY))
    np.testing.assert_allclose(session.run({"x": x})["y"], expected(x, weights, slopes), rtol=1e-4, atol=1e-5)


def test_a_file_that_must_be_rewritten_where_nothing_can(monkeypatch: pytest.MonkeyPatch) -> None:
    model, *_ = convolution(batch=1)
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ConfigurationError, match=r"needs onnx; .*'bonaface\[onnxruntime\]'"):
        OnnxSession(lambda: model, SessionOptions(shapes=ANY))


def test_a_file_that_leaves_free_what_varies_runs_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    model, weights, slopes = convolution(side="s")
    monkeypatch.setitem(sys.modules, "onnx", None)
    x = pictures(3, 1, 3, 5, 5)
    session = OnnxSession(lambda: model, SessionOptions(shapes={"x": (1, 3, -1, -1)}))
    np.testing.assert_allclose(session.run({"x": x})["y"], expected(x, weights, slopes), rtol=1e-4, atol=1e-5)
