"""The trained detector and its refiner as the ONNX files that the product reads."""

import warnings
from collections.abc import Mapping
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from bonaface.detection.refiner import SIZE
from training.export import OPSET
from training.refiner_network import RefinerNetwork
from training.yunet import STRIDES, YuNet, score

OUTPUTS = tuple(f"level_{stride}" for stride in STRIDES)

_Free = Mapping[str, Mapping[int, str]]


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
    _write(Exported(network), torch.zeros(1, 3, 256, 320), ("image", *OUTPUTS), free, path)


def export_refiner(network: RefinerNetwork, path: Path) -> None:
    """Writes `path`: input `crop`, 1 x 3 x 96 x 96 RGB 0..255; output `face`, 1 x 14."""
    _write(network, torch.zeros(1, 3, SIZE, SIZE), ("crop", "face"), {}, path)


def _write(module: nn.Module, example: Tensor, names: tuple[str, ...], free: _Free, path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # another exporter is the default now
        torch.onnx.export(
            module.eval(),
            (example,),
            str(path),
            input_names=[names[0]],
            output_names=list(names[1:]),
            dynamic_axes=free,
            opset_version=OPSET,
            dynamo=False,
        )
    model = onnx.load(path)
    model.producer_name, model.producer_version, model.doc_string = "bonaface training", "", ""
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
