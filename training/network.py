"""The MiniFASNet family in PyTorch, with frozen batch norm folded into each convolution as it runs.

Described by Minivision's Silent-Face-Anti-Spoofing (Apache-2.0): a MobileFaceNet with pruned widths, a
squeeze-and-excitation gate in the last block of each stage of the SE variant, three classes, class 1 =
bona fide. Written here from the published weights and graphs; no code of theirs is in it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

State = dict[str, Tensor]
_EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class Plan:
    """Widths of a network. stages: per stage the width inside each block, the first of which strides
    (but for stage 0, a block of its own); gated: whether the last block of a stage has a gate."""

    down: tuple[int, int, int]
    stages: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
    gated: bool
    last_kernel: int = 5


V2 = Plan((103, 231, 308), ((13, 13, 13, 13), (231, 52, 26, 77, 26, 26), (26, 26)), gated=False)
V1SE = Plan((103, 231, 308), ((13, 26, 13, 52), (154, 52, 26, 52, 26, 26), (26, 26)), gated=True)


class ConvUnit(nn.Module):
    """Convolution, batch norm with frozen statistics, and PReLU where `slope` is there."""

    def __init__(
        self, shape: tuple[int, int, int], kernel: int, stride: int = 1, active: bool = True
    ) -> None:
        """shape: channels in, channels out, groups."""
        super().__init__()
        channels_in, channels_out, self.groups = shape
        self.stride = stride
        self.padding = 1 if kernel == 3 else 0
        self.weight = nn.Parameter(torch.zeros(channels_out, channels_in // self.groups, kernel, kernel))
        self.norm = FrozenNorm(channels_out)
        self.slope = nn.Parameter(torch.zeros(channels_out)) if active else None

    def folded(self) -> tuple[Tensor, Tensor]:
        """Kernel and bias with the batch norm in them."""
        gain, shift = self.norm.affine()
        return self.weight * gain.view(-1, 1, 1, 1), shift

    def forward(self, x: Tensor) -> Tensor:
        weight, bias = self.folded()
        x = functional.conv2d(x, weight, bias, self.stride, self.padding, groups=self.groups)
        return x if self.slope is None else functional.prelu(x, self.slope)


class FrozenNorm(nn.Module):
    """Batch norm whose statistics never change: a learnable gain and shift over them."""

    mean: Tensor
    variance: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels))
        self.shift = nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    def affine(self) -> tuple[Tensor, Tensor]:
        gain = self.gain * torch.rsqrt(self.variance + _EPSILON)
        return gain, self.shift - self.mean * gain


class SqueezeExcitation(nn.Module):
    """Squeeze and excitation: each channel is weighed by what the whole map holds."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.squeeze = ConvUnit((channels, channels // 4, 1), 1, active=False)
        self.excite = ConvUnit((channels // 4, channels, 1), 1, active=False)

    def forward(self, x: Tensor) -> Tensor:
        pooled = functional.relu(self.squeeze(x.mean((2, 3), keepdim=True)))
        return x * torch.sigmoid(self.excite(pooled))


class Block(nn.Module):
    """Widen, filter each channel, narrow; added to its input where the shape stays."""

    def __init__(self, channels: tuple[int, int, int], stride: int = 1, gated: bool = False) -> None:
        """channels: in, inside, out."""
        super().__init__()
        before, inside, after = channels
        self.widen = ConvUnit((before, inside, 1), 1)
        self.filter = ConvUnit((inside, inside, inside), 3, stride)
        self.narrow = ConvUnit((inside, after, 1), 1, active=False)
        self.gate = SqueezeExcitation(after) if gated else None
        self.residual = stride == 1

    def forward(self, x: Tensor) -> Tensor:
        y = self.narrow(self.filter(self.widen(x)))
        if self.gate is not None:
            y = self.gate(y)
        return x + y if self.residual else y


class MiniFasNet(nn.Module):
    """N x 3 x S x S, BGR 0..255, to the three upstream logits."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.stem = nn.Sequential(ConvUnit((3, 32, 1), 3, 2), ConvUnit((32, 32, 32), 3))
        self.blocks = nn.Sequential(*_blocks(plan))
        self.head = nn.Sequential(
            ConvUnit((128, 512, 1), 1), ConvUnit((512, 512, 512), plan.last_kernel, active=False)
        )
        self.embed = nn.Linear(512, 128, bias=False)
        self.norm = FrozenNorm(128)
        self.classify = nn.Linear(128, 3, bias=False)

    def forward(self, crop: Tensor) -> Tensor:
        return self.classify(self.embedding(crop))

    def embedding(self, crop: Tensor) -> Tensor:
        """N x 128, what the classes are read from."""
        x = self.embed(self.head(self.blocks(self.stem(crop))).flatten(1))
        gain, shift = self.norm.affine()
        return x * gain + shift

    def log_odds(self, crop: Tensor) -> Tensor:
        """N log-odds of bona fide."""
        return log_odds(self(crop))


def log_odds(logits: Tensor) -> Tensor:
    """Three class logits to the log-odds of class 1."""
    return logits[:, 1] - torch.logsumexp(logits[:, ::2], dim=1)


def load_upstream(path: Path, plan: Plan) -> MiniFasNet:
    """A network with the published weights of a `.pth` file in it."""
    state: State = torch.load(path, map_location="cpu", weights_only=True)
    state = {name.removeprefix("module."): value for name, value in state.items()}
    network = MiniFasNet(plan)
    with torch.no_grad():
        for unit, conv, norm, slope in _names(network):
            unit.weight.copy_(state[f"{conv}.weight"])
            _fill_norm(unit.norm, state, norm)
            if unit.slope is not None:
                unit.slope.copy_(state[f"{slope}.weight"])
        network.embed.weight.copy_(state["linear.weight"])
        network.classify.weight.copy_(state["prob.weight"])
        _fill_norm(network.norm, state, "bn")
    return network


def _fill_norm(norm: FrozenNorm, state: State, name: str) -> None:
    norm.gain.copy_(state[f"{name}.weight"])
    norm.shift.copy_(state[f"{name}.bias"])
    norm.mean.copy_(state[f"{name}.running_mean"])
    norm.variance.copy_(state[f"{name}.running_var"])


def _blocks(plan: Plan) -> Iterator[Block]:
    before = 64
    yield Block((32, plan.down[0], before), 2)
    for number, stage in enumerate(plan.stages):
        if number:
            yield Block((before, plan.down[number], 128), 2)
            before = 128
        for index, inside in enumerate(stage):
            yield Block((before, inside, before), gated=plan.gated and index == len(stage) - 1)


def _names(network: MiniFasNet) -> Iterator[tuple[ConvUnit, str, str, str]]:
    """Each unit with the published names of its convolution, norm and slope."""
    yield from _unit_names(network.stem, ["conv1", "conv2_dw"])
    yield from _unit_names(network.head, ["conv_6_sep", "conv_6_dw"])
    for block, name in zip(network.blocks, _block_names(network.plan), strict=True):
        units = [block.widen, block.filter, block.narrow]
        yield from _unit_names(units, [f"{name}.conv", f"{name}.conv_dw", f"{name}.project"])
        if block.gate is not None:
            gate = f"{name}.se_module"
            yield block.gate.squeeze, f"{gate}.fc1", f"{gate}.bn1", ""
            yield block.gate.excite, f"{gate}.fc2", f"{gate}.bn2", ""


def _unit_names(units: Iterable[ConvUnit], names: list[str]) -> Iterator[tuple[ConvUnit, str, str, str]]:
    for unit, name in zip(units, names, strict=True):
        yield unit, f"{name}.conv", f"{name}.bn", f"{name}.prelu"


def _block_names(plan: Plan) -> Iterator[str]:
    for number, stage in enumerate(plan.stages):
        yield ("conv_23", "conv_34", "conv_45")[number]
        for index in range(len(stage)):
            yield f"conv_{number + 3}.model.{index}"
