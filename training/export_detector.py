"""The trained detector and its refiner as the ONNX files that the product reads."""

from pathlib import Path

import torch
from torch import Tensor, nn

from bonaface.detection.refiner import SIZE
from training.export import write_onnx
from training.refiner_network import RefinerNetwork
from training.yunet import STRIDES, YuNet, score

OUTPUTS = tuple(f"level_{stride}" for stride in STRIDES)


class Exported(nn.Module):
    """1 x 3 x H x W RGB 0..255 to three levels, 1 x 15 x H/s x W/s: confidence 0..1, box, landmarks."""

    def __init__(self, network: YuNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        levels = self.network(image)
        return tuple(torch.cat([score(level)[:, None], level[:, 2:]], dim=1) for level in levels)


def export(network: YuNet, path: Path) -> None:
    """Writes `path`: input `image`, outputs `level_8`, `level_16`, `level_32`; height and width free."""
    free = {
        "image": {2: "height", 3: "width"},
        **{name: {2: f"rows_{name}", 3: f"columns_{name}"} for name in OUTPUTS},
    }
    write_onnx(Exported(network), torch.zeros(1, 3, 256, 320), ("image", *OUTPUTS), free, path)


def export_refiner(network: RefinerNetwork, path: Path) -> None:
    """Writes `path`: input `crop`, 1 x 3 x 96 x 96 RGB 0..255; output `face`, 1 x 14."""
    write_onnx(network, torch.zeros(1, 3, SIZE, SIZE), ("crop", "face"), {}, path)
