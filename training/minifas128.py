"""The third network: MiniFAS 128, which looks at the face alone, trained further like the other two.

Described by facenox's face-antispoof-onnx (Apache-2.0): MiniFASNet's block with V2's widths, gates, 128 x 128
input and two classes, read here from the published graph. It was published as trained on CelebA-Spoof, a
data set for non-commercial research: the model card says what that means.
"""

from collections.abc import Iterator
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import nn

from training.network import V2, ConvUnit, MiniFasNet, Plan

PLAN = Plan(V2.down, V2.stages, gated=True, last_kernel=8)
PUBLISHED = "minifas128/best_model_97.80.onnx"

_EPSILON = 1e-5


def load_published(path: Path) -> MiniFasNet:
    """The published network, taking BGR 0..255; its two classes are attack, bona fide."""
    graph = onnx.load(path).graph
    tensors = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
    slopes = {node.input[0]: tensors[node.input[1]] for node in graph.node if node.op_type == "PRelu"}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    network = MiniFasNet(PLAN)
    network.classify = nn.Linear(network.classify.in_features, 2, bias=False)
    with torch.no_grad():
        for unit, node in zip(_units(network), convolutions, strict=True):
            unit.weight.copy_(tensors[node.input[1]])
            unit.norm.variance.fill_(1 - _EPSILON)
            unit.norm.shift.copy_(tensors[node.input[2]])
            if unit.slope is not None:
                unit.slope.copy_(slopes[node.output[0]].reshape(-1))
        _take_bytes(network)
        _fill_head(network, graph, tensors)
    return network.eval()


def _units(network: MiniFasNet) -> Iterator[ConvUnit]:
    """Every convolution in the order in which it runs."""
    for module in network.modules():
        if isinstance(module, ConvUnit):
            yield module


def _take_bytes(network: MiniFasNet) -> None:
    """Channel order and the division by 255 move into the first layer; the scale into its frozen norm."""
    first = next(_units(network))
    first.weight.copy_(first.weight.flip(1))
    first.norm.variance.fill_(255.0**2 - _EPSILON)


def _fill_head(network: MiniFasNet, graph: onnx.GraphProto, tensors: dict[str, torch.Tensor]) -> None:
    embed, classify = (node for node in graph.node if node.op_type == "MatMul")
    (norm,) = (node for node in graph.node if node.op_type == "BatchNormalization")
    network.embed.weight.copy_(tensors[embed.input[1]].T)
    parts = (network.norm.gain, network.norm.shift, network.norm.mean, network.norm.variance)
    for part, name in zip(parts, norm.input[1:], strict=True):
        part.copy_(tensors[name])
    network.classify.weight.copy_(tensors[classify.input[1]].T.flip(0))
