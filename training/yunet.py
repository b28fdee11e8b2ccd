"""YuNet in PyTorch, the heads of a level joined into one.

Wu et al., *YuNet: A Tiny Millisecond-level Face Detector*, Machine Intelligence Research 20, 2023; weights of
the OpenCV Zoo, MIT licence, trained on WIDER FACE. Written here from the published graph, in which batch norm
is folded away already; no code of theirs is in it.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

PUBLISHED = "face_detection_yunet_2023mar.onnx"
"""File of the published weights."""
STRIDES = (8, 16, 32)
"""Pixels to a cell of each level."""
PLANES = 16
"""Of a level's answer: class and objectness as log-odds, box (x, y of its centre from the cell's corner, then
log of width and height, in cells), five landmarks (x, y from the cell's corner, in cells)."""

CONFIDENCE = 2
"""The first planes of an answer: whether there is a face."""

_WIDTHS = (((16, 16),), ((16, 16), (16, 32), (32, 32), (32, 64)), *[((64, 64), (64, 64))] * 3)
_HEADS = (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10))
_PUBLISHED_HEADS = ("cls", "bbox", "obj", "kps")


class Unit(nn.Module):
    """A pointwise convolution, then a depthwise one of 3 x 3."""

    def __init__(self, width_in: int, width_out: int, active: bool = True) -> None:
        super().__init__()
        self.point = nn.Conv2d(width_in, width_out, 1)
        self.depth = nn.Conv2d(width_out, width_out, 3, padding=1, groups=width_out)
        self.active = active

    def forward(self, x: Tensor) -> Tensor:
        x = self.depth(self.point(x))
        return functional.relu(x) if self.active else x


class YuNet(nn.Module):
    """N x 3 x H x W RGB 0..255, sides multiples of 32, to the answers of three levels, N x 16 x H/s x W/s."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, stride=2, padding=1)
        self.stages = nn.ModuleList(nn.Sequential(*(Unit(*pair) for pair in stage)) for stage in _WIDTHS)
        self.lateral = nn.ModuleList(Unit(64, 64) for _ in STRIDES)
        self.heads = nn.ModuleList(Unit(64, PLANES, active=False) for _ in STRIDES)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        features = self.features(image)
        return tuple(head(level) for head, level in zip(self.heads, features, strict=True))

    def features(self, image: Tensor) -> tuple[Tensor, ...]:
        """What the heads see: N x 64 x H/s x W/s of each level."""
        fine, middle, coarse = self._backbone(image)
        coarse = self.lateral[2](coarse)
        middle = self.lateral[1](middle + _doubled(coarse))
        fine = self.lateral[0](fine + _doubled(middle))
        return fine, middle, coarse

    def _backbone(self, image: Tensor) -> list[Tensor]:
        x = self.stages[0](functional.relu(self.stem(image)))
        levels = []
        for stage in list(self.stages)[1:]:
            x = stage(functional.max_pool2d(x, 2))
            levels.append(x)
        return levels[1:]


def score(answer: Tensor) -> Tensor:
    """Confidence 0..1 of each cell, N x H x W, from a level's N x 16 x H x W."""
    return torch.sqrt(torch.sigmoid(answer[:, 0]) * torch.sigmoid(answer[:, 1]))


def load_upstream(path: Path) -> YuNet:
    """The published weights, for RGB instead of BGR."""
    kernels = _kernels(path)
    network = YuNet()
    units = [*(unit for stage in network.stages for unit in stage), *reversed(network.lateral)]
    with torch.no_grad():
        _fill(network.stem, *next(kernels)[:2])
        network.stem.weight.copy_(network.stem.weight.flip(1).clone())
        for unit in units:
            _fill(unit.point, *next(kernels)[:2])
            _fill(unit.depth, *next(kernels)[:2])
        published = {name: [(next(kernels), next(kernels)) for _ in STRIDES] for name in _PUBLISHED_HEADS}
        for level, head in enumerate(network.heads):
            parts = [published[name][level] for name, _ in _HEADS]
            _fill(head.point, *(torch.cat([point[part] for point, _ in parts]) for part in (0, 1)))
            _fill(head.depth, *(torch.cat([depth[part] for _, depth in parts]) for part in (0, 1)))
    return network


def _kernels(path: Path) -> Iterator[tuple[Tensor, ...]]:
    graph = onnx.load(path).graph
    values = {
        value.name: torch.from_numpy(np.array(numpy_helper.to_array(value))) for value in graph.initializer
    }
    return iter(
        [tuple(values[name] for name in node.input[1:3]) for node in graph.node if node.op_type == "Conv"]
    )


def _fill(convolution: nn.Conv2d, weight: Tensor, bias: Tensor) -> None:
    if convolution.weight.shape != weight.shape:
        raise ValueError("this file is not the YuNet of 2023")
    convolution.weight.copy_(weight)
    assert convolution.bias is not None
    convolution.bias.copy_(bias)


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")
