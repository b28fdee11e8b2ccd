"""Chooses the inference engine by the name in the settings."""

from importlib.util import find_spec
from typing import Literal

from bonaface.errors import ConfigurationError
from bonaface.runtime.session import CompiledNetworks, SessionFactory

EngineName = Literal["auto", "openvino", "onnxruntime"]

_PACKAGES = {"openvino": "openvino", "onnxruntime": "'bonaface[onnxruntime]'"}


def session_factory(name: EngineName = "auto", compiled: CompiledNetworks | None = None) -> SessionFactory:
    """What opens sessions; `auto` takes OpenVINO where it is installed.

    compiled: networks that are in there need not be compiled, others are put there. Of OpenVINO alone.
    Raises ConfigurationError when the engine that is asked for is not installed.
    """
    if name == "auto":
        name = "openvino" if find_spec("openvino") else "onnxruntime"
    if not find_spec(name):
        raise ConfigurationError(
            f"The runtime {name} is not installed; install it with `pip install {_PACKAGES[name]}`, or set "
            "models.runtime to another."
        )
    if name == "openvino":
        from bonaface.runtime.openvino import OpenVinoSession, SharedCompilation

        return OpenVinoSession if compiled is None else SharedCompilation(compiled)
    from bonaface.runtime.onnx import OnnxSession

    return OnnxSession
