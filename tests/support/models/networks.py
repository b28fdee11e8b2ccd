"""Small real networks as ONNX files, for every test that needs an engine but not a trained model."""

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Tensor = NDArray[np.float32]
Shape = Sequence[int | str]


def network(
    nodes: Sequence[onnx.NodeProto],
    inputs: Mapping[str, Shape],
    outputs: Mapping[str, Shape],
    weights: Mapping[str, Tensor] | None = None,
) -> bytes:
    """The bytes of an ONNX file; a side with a name is free."""
    graph = helper.make_graph(
        list(nodes),
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in (weights or {}).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def convolution(batch: int | str = "n", side: int | str = 8) -> tuple[bytes, Tensor, Tensor]:
    """x -> 3 x 3 convolution, 3 to 4 planes, padded -> PReLU -> y; its weights and slopes come along."""
    generator = np.random.default_rng(7)
    weights = generator.normal(size=(4, 3, 3, 3)).astype(np.float32)
    slopes = generator.normal(size=(4, 1, 1)).astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1]),
        helper.make_node("PRelu", ["c", "s"], ["y"]),
    ]
    model = network(
        nodes, {"x": (batch, 3, side, side)}, {"y": (batch, 4, side, side)}, {"w": weights, "s": slopes}
    )
    return model, weights, slopes


def addition(batch: int | str = "n") -> bytes:
    """sum = a + b, twice = sum + sum: two inputs and two outputs of N x 2."""
    nodes = [helper.make_node("Add", ["a", "b"], ["sum"]), helper.make_node("Add", ["sum", "sum"], ["twice"])]
    sides = (batch, 2)
    return network(nodes, {"a": sides, "b": sides}, {"sum": sides, "twice": sides})


def constant(outputs: Mapping[str, Tensor], input_name: str = "input.1") -> bytes:
    """Takes any 1 x 3 x H x W picture and gives these outputs whatever it shows."""
    nodes, weights = [], {"zero": np.zeros((), np.float32)}
    nodes.append(helper.make_node("ReduceMean", [input_name], ["mean"], keepdims=0))
    nodes.append(helper.make_node("Mul", ["mean", "zero"], ["nothing"]))
    for name, value in outputs.items():
        weights[f"{name}.value"] = value.astype(np.float32)
        nodes.append(helper.make_node("Add", [f"{name}.value", "nothing"], [name]))
    shapes = {name: value.shape for name, value in outputs.items()}
    return network(nodes, {input_name: (1, 3, "h", "w")}, shapes, weights)


def plane_means(planes: int = 3, side: int = 4, batch: int | str = "n") -> bytes:
    """logit: the mean of each plane of crop, N x planes."""
    nodes = [helper.make_node("ReduceMean", ["crop"], ["logit"], axes=[2, 3], keepdims=0)]
    return network(nodes, {"crop": (batch, planes, side, side)}, {"logit": (batch, planes)})
