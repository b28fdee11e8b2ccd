"""From a trained network to the ONNX file that the product loads: batch norm folded, one log-odds out."""

import copy
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.network import ConvUnit, MiniFasNet

OPSET = 17
_BONA_FIDE = 1

Free = Mapping[str, Mapping[int, str]]
"""By input and output: the sides of any length, and what each is called."""


class _Folded(nn.Module):
    """A `ConvUnit` with its norm in kernel and bias, PReLU as the engines run it best."""

    def __init__(self, unit: ConvUnit) -> None:
        super().__init__()
        weight, bias = unit.folded()
        self.weight, self.bias = nn.Parameter(weight.detach()), nn.Parameter(bias.detach())
        self.stride, self.padding, self.groups = unit.stride, unit.padding, unit.groups
        slope = None if unit.slope is None else unit.slope.detach().view(1, -1, 1, 1)
        self.slope = None if slope is None else nn.Parameter(slope)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.conv2d(x, self.weight, self.bias, self.stride, self.padding, groups=self.groups)
        if self.slope is None:
            return x
        return functional.relu(x) - self.slope * functional.relu(-x)


class Exported(nn.Module):
    """N x 3 x S x S BGR 0..255 to N log-odds of bona fide."""

    def __init__(self, network: MiniFasNet) -> None:
        super().__init__()
        self.body = _fold(copy.deepcopy(network))
        gain, shift = network.norm.affine()
        attacks = [index for index in range(network.classify.out_features) if index != _BONA_FIDE]
        against = network.classify.weight[_BONA_FIDE] - network.classify.weight[attacks]
        self.linear = nn.Linear(network.embed.in_features, len(attacks))
        with torch.no_grad():
            self.linear.weight.copy_(against @ (gain[:, None] * network.embed.weight))
            self.linear.bias.copy_(against @ shift)

    def forward(self, crop: Tensor) -> Tensor:
        body = self.body
        margins = self.linear(body.head(body.blocks(body.stem(crop))).flatten(1))
        if self.linear.out_features == 1:
            return margins[:, 0]
        return _joined(margins[:, 0], margins[:, 1])


def _joined(first: Tensor, second: Tensor) -> Tensor:
    """Log-odds against either class from those against each.

    The same as -logsumexp(-first, -second), spelt with operators that OpenVINO and ONNX Runtime agree
    on: OpenVINO 2026.4 gave a wrong ReduceLogSumExp here.
    """
    gap = first - second
    return first - functional.relu(gap) - functional.softplus(-gap.abs())


def export(network: MiniFasNet, path: Path, size: int = 80) -> None:
    """Writes `path`: input `crop` N x 3 x size x size float32, output `logit` N float32, N free."""
    free = {"crop": {0: "batch"}, "logit": {0: "batch"}}
    write_onnx(Exported(network), torch.zeros(2, 3, size, size), ("crop", "logit"), free, path)


def write_onnx(module: nn.Module, example: Tensor, names: tuple[str, ...], free: Free, path: Path) -> None:
    """Writes `path` from one call with `example`; names: of the input, then of the outputs."""
    with warnings.catch_warnings():
        # All that it says is that another exporter is the default now; the files shipped come from this one.
        warnings.simplefilter("ignore", DeprecationWarning)
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


def difference(network: MiniFasNet, path: Path, crops: np.ndarray) -> float:
    """Largest gap in log-odds between PyTorch and both inference engines on N x 3 x S x S float32."""
    from bonaface.runtime.engines import session_factory
    from bonaface.runtime.session import SessionOptions

    with torch.no_grad():
        expected = network.log_odds(torch.from_numpy(crops)).numpy()
    gaps = []
    for engine in ("onnxruntime", "openvino"):
        session = session_factory(engine)(path.read_bytes, SessionOptions())
        gaps.append(np.abs(session.run({"crop": crops})["logit"].reshape(-1) - expected).max())
    return float(max(gaps))


def _fold(network: MiniFasNet) -> MiniFasNet:
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, ConvUnit):
                setattr(module, name, _Folded(child))
    return network
