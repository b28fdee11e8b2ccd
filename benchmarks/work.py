"""How many multiplications and additions a network takes: a count that is the same on every machine."""

from collections.abc import Mapping
from math import prod

import onnx

from benchmarks.kernels import Recorder
from bonaface.runtime.session import Tensor


def multiply_adds(recorder: Recorder) -> int:
    """Of everything that the recorded sessions ran: convolutions and matrix products."""
    return sum(
        multiply_adds_of(session.model, inputs) for session in recorder.sessions for inputs in session.seen
    )


def multiply_adds_of(model: bytes, inputs: Mapping[str, Tensor]) -> int:
    """Of one run of the ONNX network `model` on `inputs`. Each is one multiplication and one addition."""
    network = _with_shapes(model, inputs)
    shapes = {
        value.name: tuple(one.dim_value for one in value.type.tensor_type.shape.dim)
        for value in (*network.graph.value_info, *network.graph.output)
    } | {tensor.name: tuple(tensor.dims) for tensor in network.graph.initializer}
    return sum(
        prod(shapes[node.output[0]]) * _depth(node, shapes[node.input[1]])
        for node in network.graph.node
        if node.op_type in ("Conv", "ConvTranspose", "Gemm", "MatMul")
    )


def _depth(node: onnx.NodeProto, weight: tuple[int, ...]) -> int:
    """Products that are summed up for one number of the output."""
    told = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
    if node.op_type == "Conv":
        return prod(weight[1:])
    if node.op_type == "ConvTranspose":
        return int(weight[0] // told.get("group", 1) * prod(weight[2:]) // prod(told["strides"]))
    return weight[1] if told.get("transB") else weight[0]


def _with_shapes(model: bytes, inputs: Mapping[str, Tensor]) -> onnx.ModelProto:
    """The network with every shape in it, as they follow from those of `inputs`."""
    network = onnx.load_from_string(model)
    del network.graph.value_info[:]
    for value in network.graph.input:
        if value.name in inputs:
            _set_shape(value, inputs[value.name].shape)
    for value in network.graph.output:
        value.type.tensor_type.ClearField("shape")
    return onnx.shape_inference.infer_shapes(network, strict_mode=True)


def _set_shape(value: onnx.ValueInfoProto, shape: tuple[int, ...]) -> None:
    del value.type.tensor_type.shape.dim[:]
    for size in shape:
        value.type.tensor_type.shape.dim.add().dim_value = size
