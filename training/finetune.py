"""Training one network further, all layers, without forgetting what it came with."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from training.network import MiniFasNet

_LIMIT = 10.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train.

    own: weight of the labels; distance: of the gap to the teachers. Labels are softened by `soften`,
    those of simulated recaptures by `soften_recaptured`, since some of them show no trace.
    """

    epochs: int = 2
    batch: int = 64
    rate: float = 3e-4
    decay: float = 1e-4
    warm_up: int = 60
    own: float = 1.0
    distance: float = 0.15
    distance_recaptured: float = 0.03
    soften: float = 0.04
    soften_recaptured: float = 0.08
    average: float = 0.998
    seed: int = 7


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """What a network learns from. crops: N x boxes x S x S x 3 uint8 BGR; target: teachers' log-odds; rows:
    those to learn from."""

    crops: NDArray[np.uint8]
    bona_fide: NDArray[np.bool_]
    recaptured: NDArray[np.bool_]
    target: NDArray[np.float32]
    rows: NDArray[np.intp]


def finetune(network: MiniFasNet, training_set: TrainingSet, recipe: Recipe) -> MiniFasNet:
    """A copy of the network, trained; its weights are the moving average over the run."""
    torch.manual_seed(recipe.seed)
    student, kept = copy.deepcopy(network).train(), copy.deepcopy(network)
    student.to(memory_format=torch.channels_last)  # a sixth faster on a processor
    optimizer = torch.optim.AdamW(student.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    steps = recipe.epochs * (len(training_set.rows) // recipe.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps, recipe.warm_up))
    running = 0.0
    for step, rows in enumerate(_batches(training_set.rows, recipe)):
        crops = _crops(training_set, rows, recipe.seed + step)
        loss = _loss(student.log_odds(crops), training_set, rows, recipe)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        _follow(kept, student, min(recipe.average, (step + 1) / (step + 10)))
        running = 0.98 * running + 0.02 * loss.item() if step else loss.item()
        if step % 50 == 0:
            print(f"step {step} of {steps}, loss {running:.4f}", flush=True)
    return kept.eval()


def interpolated(start: MiniFasNet, end: MiniFasNet, weight_blend: float) -> MiniFasNet:
    """Weights between two networks: weight_blend 0 = start, 1 = end (Wortsman et al., WiSE-FT, 2022)."""
    between = copy.deepcopy(start)
    with torch.no_grad():
        for mine, other in zip(between.parameters(), end.parameters(), strict=True):
            mine.lerp_(other, weight_blend)
    return between.eval()


def _loss(log_odds: Tensor, training_set: TrainingSet, rows: NDArray[np.intp], recipe: Recipe) -> Tensor:
    recaptured = torch.from_numpy(training_set.recaptured[rows])
    soften = torch.where(recaptured, recipe.soften_recaptured, recipe.soften)
    label = torch.from_numpy(training_set.bona_fide[rows]).float()
    label = label * (1 - 2 * soften) + soften
    weight = torch.where(recaptured, recipe.distance_recaptured, recipe.distance)
    target = torch.from_numpy(training_set.target[rows])
    gap = functional.smooth_l1_loss(log_odds.clamp(-_LIMIT, _LIMIT), target, reduction="none")
    own = functional.binary_cross_entropy_with_logits(log_odds, label, reduction="none")
    return (recipe.own * own + weight * gap).mean()


def _batches(rows: NDArray[np.intp], recipe: Recipe) -> Iterator[NDArray[np.intp]]:
    rng = np.random.default_rng(recipe.seed)
    for _ in range(recipe.epochs):
        order = rng.permutation(rows)
        for start in range(0, len(rows) - recipe.batch + 1, recipe.batch):
            yield np.sort(order[start : start + recipe.batch])


def _crops(training_set: TrainingSet, rows: NDArray[np.intp], seed: int) -> Tensor:
    """One of the boxes of each row, mirrored or not, a little brighter or darker."""
    rng = np.random.default_rng(seed)
    box = rng.integers(0, training_set.crops.shape[1], len(rows))
    crops = np.stack([training_set.crops[row, index] for row, index in zip(rows, box, strict=True)])
    flip = rng.random(len(rows)) < 0.5
    crops[flip] = crops[flip][:, :, ::-1]
    gain = torch.from_numpy(rng.uniform(0.92, 1.08, (len(rows), 1, 1, 1)).astype(np.float32))
    return (_tensor(crops) * gain).clamp(0, 255).contiguous(memory_format=torch.channels_last)


def _tensor(crops: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(crops.transpose(0, 3, 1, 2), dtype=np.float32))


def _rate(step: int, steps: int, warm_up: int) -> float:
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.02 + 0.98 * 0.5 * (1 + float(np.cos(np.pi * (step - warm_up) / max(steps - warm_up, 1))))


def _follow(kept: MiniFasNet, student: MiniFasNet, share: float) -> None:
    with torch.no_grad():
        for average, current in zip(kept.parameters(), student.parameters(), strict=True):
            average.lerp_(current, 1 - share)
