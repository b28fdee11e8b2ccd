"""The worst mistakes of each kind, as small pictures in the report: only where it was asked for."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import cv2
import numpy as np

from bonaface.analyzer import Analyzer
from bonaface.drawing import Drawing
from bonaface.evaluation.dataset import Label
from bonaface.evaluation.scoring import Scored
from bonaface.geometry import Box
from bonaface.imaging.types import RgbImage
from bonaface.types import Preset

MOST = 12
"""Pictures of a kind."""
SIDE = 200
"""Pixels of a picture's longer side, at most."""
_AROUND = 0.6
"""What is shown around the face on each side, over the side of its box."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """An image that some preset judges wrong, and its picture as a JPEG in base64."""

    name: str
    source: str
    score: float
    attack: bool
    picture: str


@dataclass(frozen=True, slots=True)
class Mistakes:
    """Of one kind, the worst first. found: how many images of the kind some preset judges wrong."""

    kind: str
    attack: bool
    found: int
    shown: tuple[Mistake, ...]


def worst_mistakes(
    scored: Sequence[Scored], thresholds: Mapping[Preset, float], most: int = MOST
) -> tuple[tuple[str, tuple[Scored, ...], int], ...]:
    """For each kind (bona fide: none) with a mistake: its `most` worst, and how many there are.

    A mistake: an attack that the weakest preset accepts, or a bona fide image that the strictest refuses.
    """
    weakest, strictest = min(thresholds.values()), max(thresholds.values())
    wrong = [
        one
        for one in scored
        if (one.score < strictest if one.sample.label is Label.BONA_FIDE else one.score >= weakest)
    ]
    found = []
    for kind, group in groupby(sorted(wrong, key=lambda one: one.sample.kind), lambda one: one.sample.kind):
        worst = sorted(group, key=lambda one: one.score, reverse=bool(kind))
        found.append((kind, tuple(worst[:most]), len(worst)))
    return tuple(found)


def open_gallery(
    analyzer: Analyzer, scored: Sequence[Scored], thresholds: Mapping[Preset, float]
) -> tuple[Mistakes, ...]:
    """Reads the images anew, one after the other."""
    return tuple(
        Mistakes(kind or "bona fide", bool(kind), count, tuple(_mistakes(analyzer, worst)))
        for kind, worst, count in worst_mistakes(scored, thresholds)
    )


def _mistakes(analyzer: Analyzer, worst: Iterable[Scored]) -> Iterable[Mistake]:
    for one in worst:
        pixels = analyzer.decode(one.sample.path).decode()
        picture = Drawing(cut_out(pixels, one.face.box)).encoded(".jpg")
        attack = one.sample.label is Label.ATTACK
        yield Mistake(
            one.sample.name, one.sample.source, one.score, attack, base64.b64encode(picture).decode()
        )


def cut_out(pixels: RgbImage, box: Box) -> RgbImage:
    """The face with what is around it, H x W x 3, uint8, RGB, `SIDE` pixels at most, for people."""
    height, width = pixels.shape[:2]
    dx, dy = _AROUND * box.width, _AROUND * box.height
    x0, y0 = max(0, int(box.x0 - dx)), max(0, int(box.y0 - dy))
    x1, y1 = min(width, int(box.x1 + dx) + 1), min(height, int(box.y1 + dy) + 1)
    cut = pixels[y0:y1, x0:x1]
    scale = min(1.0, SIDE / max(cut.shape[:2]))
    size = max(1, round(cut.shape[1] * scale)), max(1, round(cut.shape[0] * scale))
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
