"""Faces at one size and turned by known angles: what the refiner learns from.

The teacher's landmarks of the upright picture are turned with it: the turned landmarks of a network that saw
few turned faces would not be right. The box is the teacher's own on the turned picture, because that is the
box that the PAD weights know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.detection.base import Detector
from bonaface.imaging.types import RgbImage
from training.data import Sample, read_image
from training.faces import Faces, found_by

SIDE = 256
"""Of a patch, in pixels."""
FACE = 88.0
"""Longer side of its face."""
KEPT = 200
"""Of the middle of a patch, which is kept."""
ANGLES = (0.0, 6.0, 12.0, 25.0, 38.0, 52.0)
"""A copy of each face is turned by up to this many degrees, either way."""
_SMALLEST = 24.0
_AGREES = 0.45


Patch = tuple[RgbImage, NDArray[np.float32], NDArray[np.float32]]
"""Image, box and landmarks of one."""


@dataclass(frozen=True, slots=True)
class Patches:
    """images: N x KEPT x KEPT x 3 uint8 RGB; boxes: N x 4 (x0, y0, x1, y1); points: N x 5 x 2; in pixels."""

    images: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    points: NDArray[np.float32]

    def save(self, path: Path) -> None:
        """To an .npz file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, images=self.images, boxes=self.boxes, points=self.points)

    def joined(self, other: "Patches") -> "Patches":
        """Both, one after the other."""
        return Patches(
            np.concatenate([self.images, other.images]),
            np.concatenate([self.boxes, other.boxes]),
            np.concatenate([self.points, other.points]),
        )

    @classmethod
    def load(cls, path: Path) -> "Patches":
        """What `save` wrote."""
        with np.load(path, allow_pickle=False) as kept:
            return cls(kept["images"], kept["boxes"], kept["points"])


def make_patches(samples: Sequence[Sample], teacher: Detector, seed: int) -> Patches:
    """Six copies of every face of 24 pixels or more that the teacher finds, but those that it loses."""
    return patches_of(
        [
            patch
            for number, sample in enumerate(samples)
            for patch in _turns(read_image(sample), teacher, np.random.default_rng((seed, number)))
        ]
    )


def patches_of(made: Sequence[Patch]) -> Patches:
    """All of them in one."""
    return Patches(
        np.array([image for image, _, _ in made], np.uint8).reshape(-1, KEPT, KEPT, 3),
        np.array([box for _, box, _ in made], np.float32).reshape(-1, 4),
        np.array([points for _, _, points in made], np.float32).reshape(-1, 5, 2),
    )


def _turns(image: RgbImage, teacher: Detector, rng: np.random.Generator) -> Iterator[Patch]:
    faces = found_by(teacher, image)
    for box, points in zip(faces.boxes, faces.points, strict=True):
        if max(box[2:] - box[:2]) >= _SMALLEST:
            yield from _copies(image, box, points, teacher, rng)


def _copies(
    image: RgbImage,
    box: NDArray[np.float32],
    points: NDArray[np.float32],
    teacher: Detector,
    rng: np.random.Generator,
) -> Iterator[Patch]:
    """Upright first. The teacher's boxes of one face differ in size with the size at which it sees the face:
    all are made as much larger or smaller as the upright one is than in the whole picture."""
    upright = turned(image, box, points, 0.0, teacher)
    if upright is None:
        return
    share = FACE / float(max(upright[1][2:] - upright[1][:2]))
    for most in ANGLES:
        patch = turned(image, box, points, float(rng.uniform(-most, most)), teacher) if most else upright
        if patch is not None:
            middle = np.tile((patch[1][:2] + patch[1][2:]) / 2, 2)
            scaled = np.asarray((patch[1] - middle) * np.float32(share) + middle, np.float32)
            yield patch[0], scaled, patch[2]


def turned(
    image: RgbImage, box: NDArray[np.float32], points: NDArray[np.float32], angle: float, teacher: Detector
) -> Patch | None:
    """The face turned clockwise by `angle` degrees in the middle of a patch; None: the teacher loses it."""
    scale = FACE / float(max(box[2:] - box[:2]))
    middle = (box[:2] + box[2:]) / 2
    matrix = np.array(cv2.getRotationMatrix2D(tuple(map(float, middle)), -angle, scale), np.float64)
    matrix[:, 2] += SIDE / 2 - middle
    source = image
    if scale < 0.6:  # a warp samples single pixels
        small = cv2.resize(image, None, fx=2 * scale, fy=2 * scale, interpolation=cv2.INTER_AREA)
        ratio = np.diag([image.shape[1] / small.shape[1], image.shape[0] / small.shape[0], 1.0])
        source, warp = np.asarray(small, np.uint8), matrix @ ratio
    else:
        warp = matrix
    patch = np.asarray(cv2.warpAffine(source, warp, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    moved = np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float32)
    found = nearest(found_by(teacher, patch), moved, FACE)
    if found is None:
        return None
    edge = (SIDE - KEPT) // 2
    return patch[edge : edge + KEPT, edge : edge + KEPT].copy(), found - edge, moved - edge


def nearest(faces: Faces, points: NDArray[np.float32], side: float) -> NDArray[np.float32] | None:
    """The teacher's box of the face whose landmarks these are and which is about `side` pixels large."""
    if not len(faces.boxes):
        return None
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    expected = np.concatenate([middle - side / 2, middle + side / 2]).astype(np.float32)
    overlap = _intersection_over_union(expected, faces.boxes)
    best = int(overlap.argmax())
    return faces.boxes[best] if overlap[best] > _AGREES else None


def _intersection_over_union(box: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shared area over united area of one box (4) with each of N x 4 others; 0..1."""
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    area = np.prod(box[2:] - box[:2])
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1)
    return np.asarray(shared / np.maximum(area + areas - shared, 1e-9), dtype=np.float32)
