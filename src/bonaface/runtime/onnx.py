"""Sessions on ONNX Runtime, where OpenVINO is missing or ONNX Runtime is asked for."""

from collections.abc import Mapping

import onnx

from bonaface.errors import ModelError
from bonaface.runtime.session import SessionOptions, Shapes, Tensor
from bonaface.runtime.telemetry import reports_blocked

with reports_blocked():
    import onnxruntime

_ERRORS_ONLY = 3


class OnnxSession:
    """A network on the CPU provider: one thread a run, in the caller's own thread, no spinning."""

    engine = f"ONNX Runtime {onnxruntime.__version__}"

    def __init__(self, model: bytes, options: SessionOptions) -> None:
        """Raises ModelError when the bytes are no network that ONNX Runtime can load."""
        try:
            network = _with_shapes(model, options.shapes) if options.shapes else model
            self._session = onnxruntime.InferenceSession(
                network, _session_options(), providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise ModelError("ONNX Runtime cannot load this model file.") from error
        self._names = [output.name for output in self._session.get_outputs()]

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        try:
            values = self._session.run(self._names, dict(inputs))
        except Exception as error:
            raise ModelError("ONNX Runtime cannot run this model on these inputs.") from error
        return dict(zip(self._names, values, strict=True))


def _session_options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _with_shapes(model: bytes, shapes: Shapes) -> bytes:
    """The network with other input shapes; what the file says of its outputs' shapes is dropped.

    Inputs that only repeat an initializer (exporters of ONNX IR 3 wrote them) go too: they keep the
    engine from folding constants.
    """
    network = onnx.load_from_string(model)
    constants = {tensor.name for tensor in network.graph.initializer}
    inputs = [value for value in network.graph.input if value.name not in constants]
    if unknown := shapes.keys() - {value.name for value in inputs}:
        raise ValueError(f"no such inputs: {unknown}")
    del network.graph.input[:]
    network.graph.input.extend(inputs)
    network.ir_version = max(network.ir_version, 4)
    for value in network.graph.input:
        if value.name in shapes:
            _set_shape(value, shapes[value.name])
    for value in network.graph.output:
        _set_shape(value, (-1,) * len(value.type.tensor_type.shape.dim))
    del network.graph.value_info[:]
    return bytes(network.SerializeToString())


def _set_shape(value: onnx.ValueInfoProto, shape: tuple[int, ...]) -> None:
    for index, (dimension, size) in enumerate(zip(value.type.tensor_type.shape.dim, shape, strict=True)):
        dimension.Clear()
        if size < 0:
            dimension.dim_param = f"{value.name}_{index}"
        else:
            dimension.dim_value = size
