"""Sessions on ONNX Runtime, where OpenVINO is missing or ONNX Runtime is asked for."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bonaface.errors import ConfigurationError, ModelError
from bonaface.optional_dependencies import require_extra
from bonaface.runtime.session import ModelReader, SessionOptions, Shapes, Tensor
from bonaface.runtime.telemetry import reports_blocked

with reports_blocked():
    import onnxruntime

if TYPE_CHECKING:
    import onnx

_ERRORS_ONLY = 3


class OnnxSession:
    """A network on the CPU provider: one thread a run, in the caller's own thread, no spinning."""

    engine = f"ONNX Runtime {onnxruntime.__version__}"

    def __init__(self, read: ModelReader, options: SessionOptions) -> None:
        """Raises ModelError when the bytes are no network that ONNX Runtime can load; and what `read` raises.

        Raises ConfigurationError when the file fixes a shape that is to be another one, and the package that
        rewrites it is not installed. The shipped files leave free what varies.
        """
        model = read()
        try:
            self._session = _opened(model, options.shapes or {})
        except ConfigurationError:
            raise
        except Exception as error:
            raise ModelError("ONNX Runtime cannot load this model file.") from error
        self._names = [output.name for output in self._session.get_outputs()]

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        try:
            values = self._session.run(self._names, dict(inputs))
        except Exception as error:
            raise ModelError("ONNX Runtime cannot run this model on these inputs.") from error
        return dict(zip(self._names, values, strict=True))


def _opened(model: bytes, shapes: Shapes) -> onnxruntime.InferenceSession:
    session = _session(model)
    if _takes(session, shapes):
        return session
    require_extra("onnxruntime", "A model file whose shapes are fixed")
    return _session(_with_shapes(model, shapes))


def _session(model: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _takes(session: onnxruntime.InferenceSession, shapes: Shapes) -> bool:
    """Whether the network takes inputs of these shapes as it is, and folds its constants.

    Raises ValueError when they are of other inputs or have other dimensions.
    """
    found = {value.name: value.shape for value in session.get_inputs()}
    if unknown := shapes.keys() - found.keys():
        raise ValueError(f"no such inputs: {unknown}")
    sides = [pair for name in shapes for pair in zip(found[name], shapes[name], strict=True)]
    fits = all(side == wanted or not isinstance(side, int) for side, wanted in sides)
    return not shapes or (fits and not session.get_overridable_initializers())


def _with_shapes(model: bytes, shapes: Shapes) -> bytes:
    """The network with other input shapes; what the file says of its outputs' shapes is dropped.

    Inputs that only repeat an initializer (exporters of ONNX IR 3 wrote them) go too: they keep the
    engine from folding constants.
    """
    import onnx

    network = onnx.load_from_string(model)
    constants = {tensor.name for tensor in network.graph.initializer}
    inputs = [value for value in network.graph.input if value.name not in constants]
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


def _set_shape(value: "onnx.ValueInfoProto", shape: tuple[int, ...]) -> None:
    for index, (dimension, size) in enumerate(zip(value.type.tensor_type.shape.dim, shape, strict=True)):
        dimension.Clear()
        if size < 0:
            dimension.dim_param = f"{value.name}_{index}"
        else:
            dimension.dim_value = size
