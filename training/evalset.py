"""Crops of every labelled image at the box the product finds, and at boxes a tenth larger and smaller."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bonaface.types import Box
from training.data import Sample, read_image
from training.teachers import NEAR, TIGHT, WIDE, Panel

SIZES = (1.0, 0.9, 1.1)


@dataclass(frozen=True, slots=True)
class EvalSet:
    """near, wide, tight: N x 3 boxes x S x S x 3 uint8 BGR; upstream: N x 3 published log-odds."""

    near: NDArray[np.uint8]
    wide: NDArray[np.uint8]
    tight: NDArray[np.uint8]
    upstream: NDArray[np.float32]


def evaluation_set(samples: Sequence[Sample], boxes: dict[str, Box], models: Path, cache: Path) -> EvalSet:
    """Made once, then read from `cache`."""
    if not cache.exists():
        made = _make(samples, boxes, Panel(models))
        cache.parent.mkdir(parents=True, exist_ok=True)
        np.savez(cache, **{name: getattr(made, name) for name in EvalSet.__slots__})
    with np.load(cache) as file:
        return EvalSet(*(file[name] for name in EvalSet.__slots__))


def grown(box: Box, factor: float) -> Box:
    """The box with both sides multiplied, about its middle."""
    dx, dy = box.width * (factor - 1) / 2, box.height * (factor - 1) / 2
    return Box(box.x0 - dx, box.y0 - dy, box.x1 + dx, box.y1 + dy)


def _make(samples: Sequence[Sample], boxes: dict[str, Box], panel: Panel) -> EvalSet:
    near, wide, tight, upstream = [], [], [], []
    for sample in samples:
        image, box = read_image(sample), boxes[sample.path]
        boxes_of_sizes = [grown(box, size) for size in SIZES]
        for crops, view in ((near, NEAR), (wide, WIDE), (tight, TIGHT)):
            crops.append([view.crop(image, one)[:, :, ::-1] for one in boxes_of_sizes])
        upstream.append(panel.scores(image, box))
    return EvalSet(*(np.array(part) for part in (near, wide, tight, upstream)))
