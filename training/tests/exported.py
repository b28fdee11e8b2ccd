"""Files of a tiny network, as `training.export` writes them."""

from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from training.export import export
from training.network import MiniFasNet, Plan

TINY = Plan((8, 8, 8), ((4,), (4,), (4,)), gated=True)


def exported(seed: int, path: Path) -> Path:
    torch.manual_seed(seed)
    network = MiniFasNet(TINY)
    for parameter in network.parameters():
        if parameter.ndim > 1:
            torch.nn.init.kaiming_normal_(parameter)
    export(network.eval(), path)
    return path


def weights(path: Path) -> NDArray[np.float32]:
    (last,) = (tensor for tensor in onnx.load(path).graph.initializer if tensor.name == "linear.weight")
    return np.array(onnx.numpy_helper.to_array(last))
