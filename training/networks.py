"""The networks that ship: where each starts, what it looks at, how it is trained, how much of it is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training import minifas128
from training.crops import CropSet
from training.finetune import Recipe, TrainingSet, finetune, interpolated
from training.network import V1SE, V2, MiniFasNet, load_upstream
from training.teachers import VIEWS, View, fused

RECIPE = Recipe()

TEACHERS = (1, 1, 2)
"""Weights of the published networks in the target: near, wide, 128; the last descends from CelebA-Spoof."""


@dataclass(frozen=True, slots=True)
class Start:
    """A network to train. view: what it looks at; weights: the published file; weight_blend: how much of the
    training is kept, the rest being the published weights (WiSE-FT), chosen by what networks do on sources
    that they did not see (`training.folds`)."""

    view: str
    weights: str
    read: Callable[[Path], MiniFasNet]
    weight_blend: float

    @property
    def file(self) -> str:
        """Name of the exported file."""
        return f"bonaface-pad-{self.view}.onnx"

    @property
    def look(self) -> View:
        """How the network looks at a face."""
        return VIEWS[self.view]

    def published(self, models: Path) -> MiniFasNet:
        """The network as published."""
        return self.read(models / self.weights)


_V2 = partial(load_upstream, plan=V2)
_V1SE = partial(load_upstream, plan=V1SE)
_NEAR = "minifasnet/2.7_80x80_MiniFASNetV2.pth"
_WIDE = "minifasnet/4_0_0_80x80_MiniFASNetV1SE.pth"

STARTS = (
    Start("near", _NEAR, _V2, 0.35),
    Start("wide", _WIDE, _V1SE, 0.35),
    Start("skin", _NEAR, _V2, 0.5),
    Start("tight", minifas128.PUBLISHED, minifas128.load_published, 0.35),
)


def train(start: Start, models: Path, crops: CropSet, rows: NDArray[np.intp], path: Path) -> None:
    """Trains one network on these rows of a crop set, on one thread; writes its weights, of which none is
    taken back yet. What is there already is kept."""
    torch.set_num_threads(1)
    if path.exists():
        return
    training_set = TrainingSet(
        crops.crops[start.view],
        np.asarray(crops.bona_fide),
        np.asarray(crops.recaptured),
        fused(np.asarray(crops.teachers), TEACHERS),
        rows,
    )
    trained = finetune(start.published(models), training_set, RECIPE)
    torch.save(trained.state_dict(), path)


def kept(start: Start, models: Path, paths: Sequence[Path]) -> MiniFasNet:
    """The share of the training that ships, of one network or of the mean of several in weights (Wortsman et
    al., *Model soups*, 2022): they started alike, so what lies between them works too."""
    published, trained = start.published(models), start.published(models)
    states = [torch.load(path, weights_only=True) for path in paths]
    trained.load_state_dict({name: mean([state[name] for state in states]) for name in states[0]})
    return interpolated(published, trained, start.weight_blend).eval()


def mean(tensors: Sequence[Tensor]) -> Tensor:
    """Of tensors of one shape, element by element."""
    return torch.stack(list(tensors)).mean(dim=0)
