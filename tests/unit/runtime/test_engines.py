import sys

import numpy as np
import pytest

from bonaface.errors import ConfigurationError
from bonaface.runtime.engines import EngineName, session_factory
from bonaface.runtime.session import SessionOptions
from support.models.networks import addition, convolution
from support.models.sessions import ANY, pictures


def _without(monkeypatch: pytest.MonkeyPatch, *engines: str) -> None:
    for engine in engines:
        monkeypatch.setitem(sys.modules, engine, None)


def test_auto_takes_openvino_where_it_is_installed() -> None:
    pytest.importorskip("bonaface.runtime.openvino", reason="OpenVINO has no build for this machine")
    assert session_factory().engine == session_factory("openvino").engine
    assert session_factory().engine.startswith("OpenVINO ")


def test_auto_takes_onnx_runtime_where_openvino_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    _without(monkeypatch, "openvino")
    assert session_factory("auto") is session_factory("onnxruntime")


def test_asked_for_by_name() -> None:
    factory = session_factory("onnxruntime")
    assert factory.engine.startswith("ONNX Runtime ")
    one = np.ones((1, 2), np.float32)
    assert factory(addition, SessionOptions()).run({"a": one, "b": one})["sum"].tolist() == [[2, 2]]


@pytest.mark.parametrize("name", ["openvino", "onnxruntime"])
def test_an_engine_that_is_not_installed(monkeypatch: pytest.MonkeyPatch, name: EngineName) -> None:
    _without(monkeypatch, name)
    with pytest.raises(ConfigurationError, match=f"{name} is not installed"):
        session_factory(name)


def test_no_engine_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    _without(monkeypatch, "openvino", "onnxruntime")
    with pytest.raises(ConfigurationError, match="not installed"):
        session_factory("auto")


def test_both_engines_agree() -> None:
    pytest.importorskip("bonaface.runtime.openvino", reason="OpenVINO has no build for this machine")
    x = pictures(4, 3, 3, 16, 12)
    names: tuple[EngineName, ...] = ("openvino", "onnxruntime")
    options = SessionOptions(shapes=ANY)
    one, other = (
        session_factory(name)(lambda: convolution()[0], options).run({"x": x})["y"] for name in names
    )
    np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
