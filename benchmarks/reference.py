"""Work that never changes, for others to be compared with in the same run."""

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from bonaface.runtime.session import Session, SessionFactory, SessionOptions, Tensor

CHANNELS, ROWS, COLUMNS, LAYERS = 32, 60, 80, 6


class Convolutions:
    """Six layers of 32 convolutions of 3 x 3 on 60 x 80 pixels: 265 million multiply-adds, some
    milliseconds."""

    def __init__(self, factory: SessionFactory) -> None:
        self._session: Session = factory(_network, SessionOptions())
        self._input: Tensor = np.ones((1, CHANNELS, ROWS, COLUMNS), dtype=np.float32)

    def __call__(self) -> None:
        self._session.run({"x0": self._input})


def text_work() -> int:
    """Some milliseconds of plain Python, of the kind that handling a request is."""
    found = {}
    for number in range(3000):
        name = f"header-{number}"
        found[name.title().encode("latin-1")] = str(number).rjust(8, "0").split("0")
    return len(sorted(found))


def _network() -> bytes:
    chance = np.random.default_rng(1)
    nodes, weights = [], []
    for layer in range(LAYERS):
        values: NDArray[np.float32] = chance.normal(0, 0.05, (CHANNELS, CHANNELS, 3, 3)).astype(np.float32)
        weights.append(numpy_helper.from_array(values, f"w{layer}"))
        nodes.append(helper.make_node("Conv", [f"x{layer}", f"w{layer}"], [f"y{layer}"], pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"y{layer}"], [f"x{layer + 1}"]))
    shape = [1, CHANNELS, ROWS, COLUMNS]
    graph = helper.make_graph(
        nodes,
        "reference",
        [helper.make_tensor_value_info("x0", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(f"x{LAYERS}", TensorProto.FLOAT, shape)],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
