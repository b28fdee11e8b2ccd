"""The two stages of training and what each network learns from in them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from training.crops import CropSet
from training.finetune import Lesson, Recipe, finetune, interpolated
from training.folders import Folders
from training.network import V1SE, V2, MiniFasNet, Plan, load_upstream
from training.report import score_file
from training.teachers import fused

FIRST = Recipe(epochs=4)
FIRST_SHARE = 0.5
"""Stage one learns the labels; half the way back to upstream keeps what upstream knew (WiSE-FT)."""

SECOND = Recipe(epochs=1, rate=3e-4, own=0.3, distance=0.7, distance_recaptured=0.15, average=0.99)
"""Stage two learns mostly from the mean of stage one and the 128 network, over pairs of frames too."""

SECOND_SHARE = 0.6
"""Of stage two against upstream: mean EER is flat from 0.5 to 0.7, so the middle."""

_M128 = 2


@dataclass(frozen=True, slots=True)
class Start:
    """A network to train: the crops it looks at, where its weights come from, its file."""

    view: str
    weights: str
    plan: Plan
    file: str


STARTS = (
    Start("near", "minifasnet/2.7_80x80_MiniFASNetV2.pth", V2, "bonaface-pad-near.onnx"),
    Start("wide", "minifasnet/4_0_0_80x80_MiniFASNetV1SE.pth", V1SE, "bonaface-pad-wide.onnx"),
)


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that the result depends on besides images, upstream weights and recipes.

    rows: captures of any kind; pairs: captures of whole scenes with a closer frame of each.
    """

    name: str = "shipped"
    rows: int = 12000
    pairs: int = 4000
    seed: int = 11
    with_128: bool = True
    leave_out: str = ""


def train(start: Start, options: Options, folders: Folders, stage: int, crops: list[Path]) -> Path:
    """One stage of one network, on one thread; returns the file of its weights."""
    torch.set_num_threads(1)
    upstream = load_upstream(folders.models / start.weights, start.plan)
    if stage == 1:
        lesson = _lesson(start.view, crops, _first_target(options, CropSet.load(crops[0])))
        trained = interpolated(upstream, finetune(upstream, lesson, FIRST), FIRST_SHARE)
    else:
        target = np.concatenate([second_target(options, folder, options.with_128) for folder in crops])
        before = load_network(start, _path(start, options, folders, 1))
        after = finetune(before, _lesson(start.view, crops, target), SECOND)
        trained = interpolated(upstream, after, SECOND_SHARE)
    path = _path(start, options, folders, stage)
    torch.save(trained.state_dict(), path)
    return path


def second_scores(options: Options, files: list[Path], crops: list[Path]) -> None:
    """Log-odds of stage one's two networks and of the 128 network, N x 3, kept beside each crop set.

    Those of stage one are at the first crop; over both crops of a pair.
    """
    for folder, boxes in zip(crops, ([0], [0, 1]), strict=True):
        loaded = CropSet.load(folder)
        near, wide = (
            np.mean([score_file(file, view[:, box]) for box in boxes], axis=0)
            for file, view in zip(files, (loaded.near, loaded.wide), strict=True)
        )
        table = np.stack([near, wide, loaded.teachers[:, _M128]], axis=1)
        np.save(folder / f"{options.name}-scores.npy", table)


def second_target(options: Options, crops: Path, with_128: bool) -> NDArray[np.float32]:
    """What stage two is pulled towards: the mean of stage one's two networks, and of the 128 network where
    that may teach."""
    return fused(np.load(crops / f"{options.name}-scores.npy"), (1, 1, int(with_128)))


def load_network(start: Start, path: Path) -> MiniFasNet:
    """A trained network from its weights."""
    network = MiniFasNet(start.plan)
    network.load_state_dict(torch.load(path, weights_only=True))
    return network.eval()


def _first_target(options: Options, crops: CropSet) -> NDArray[np.float32]:
    return fused(crops.teachers, (1, 1, 2 * int(options.with_128)))


def _lesson(view: str, folders: list[Path], target: NDArray[np.float32]) -> Lesson:
    sets = [CropSet.load(folder) for folder in folders]
    joined = [
        np.concatenate([getattr(one, name) for one in sets]) for name in (view, "bona_fide", "recaptured")
    ]
    return Lesson(joined[0], joined[1], joined[2], target)


def _path(start: Start, options: Options, folders: Folders, stage: int) -> Path:
    return folders.work / f"{options.name}-{stage}-{start.view}.pt"
