"""What the refiner sees of a patch: a crop as the product cuts it, round a box that is not quite right."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.detection.refiner import BORDER, MARGIN, SIZE
from bonaface.geometry import Box
from bonaface.imaging.types import RgbImage
from training.augment import CAPTURE, apply
from training.face_sample import FaceSample, as_rgb
from training.faces import Faces
from training.patches import Patches


@dataclass(frozen=True, slots=True)
class RefinerCrops:
    """crops: N x 96 x 96 x 3 uint8 RGB; answers: N x 14, box and landmarks in shares of the crop's side."""

    crops: NDArray[np.uint8]
    answers: NDArray[np.float32]


def crop_batches(patches: Patches, steps: int, batch: int, seed: int) -> Iterator[RefinerCrops]:
    """A batch a step, each from a seed of its own."""
    for step in range(steps):
        rng = np.random.default_rng((seed, step))
        rows = rng.integers(0, len(patches.images), batch)
        crops, answers = zip(*(crop_and_answer(patches, int(row), rng) for row in rows), strict=True)
        yield RefinerCrops(np.stack(crops), np.stack(answers))


def crop_and_answer(
    patches: Patches, row: int, rng: np.random.Generator
) -> tuple[RgbImage, NDArray[np.float32]]:
    """One crop and its answer: mirrored or not, cut, and captured anew."""
    image, faces = patches.images[row], Faces(patches.boxes[row : row + 1], patches.points[row : row + 1])
    if rng.random() < 0.5:
        image, faces = np.ascontiguousarray(image[:, ::-1]), faces.mirrored(image.shape[1])
    crop, answer = _cut(image, faces, rng)
    return (_captured(crop, answer, rng) if rng.random() < 0.6 else crop), answer


def _captured(crop: RgbImage, answer: NDArray[np.float32], rng: np.random.Generator) -> RgbImage:
    """What optics, sensor and encoder do."""
    sample = apply(CAPTURE, FaceSample(crop, Box(*(answer[:4] * SIZE).tolist())), rng)
    if sample.size == (SIZE, SIZE):
        return sample.image
    return as_rgb(cv2.resize(sample.image, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR))


def _cut(image: RgbImage, faces: Faces, rng: np.random.Generator) -> tuple[RgbImage, NDArray[np.float32]]:
    """A square round the middle of the face, grey where the picture ends."""
    shown, (x0, y0, x1, y1) = _ended(image, faces.boxes[0], rng)
    side = max(x1 - x0, y1 - y0)
    reach = MARGIN * side * float(np.exp(rng.normal(0, 0.1)))
    shift = rng.normal(0, 0.06, 2) * side
    corner = np.array([(x0 + x1) / 2, (y0 + y1) / 2]) + shift - reach / 2
    stretch = float(np.exp(rng.normal(0, 0.03)))
    scale = np.array([SIZE / reach * stretch, SIZE / reach / stretch])
    matrix = np.column_stack([np.diag(scale), -corner * scale])
    crop = cv2.warpAffine(
        shown, matrix, (SIZE, SIZE), borderMode=cv2.BORDER_CONSTANT, borderValue=(BORDER,) * 3
    )
    answer = np.concatenate([faces.boxes[0], faces.points[0].ravel()]).reshape(-1, 2)
    return as_rgb(crop), np.asarray((answer - corner) * scale / SIZE, np.float32).ravel()


def _ended(
    image: RgbImage, box: NDArray[np.float32], rng: np.random.Generator
) -> tuple[RgbImage, tuple[float, float, float, float]]:
    """Now and then the picture ends near or in the face, grey from there on: and what is left of its box."""
    x0, y0, x1, y1 = map(float, box)
    if rng.random() < 0.7:
        return image, (x0, y0, x1, y1)
    shown = image.copy()
    inside = float(rng.uniform(-0.4, 0.2)) * max(x1 - x0, y1 - y0)
    edge = int(rng.integers(4))
    if edge == 0:
        shown[:, : max(round(x0 + inside), 0)] = BORDER
        x0 += max(inside, 0)
    elif edge == 1:
        shown[:, max(round(x1 - inside), 0) :] = BORDER
        x1 -= max(inside, 0)
    elif edge == 2:
        shown[: max(round(y0 + inside), 0)] = BORDER
        y0 += max(inside, 0)
    else:
        shown[max(round(y1 - inside), 0) :] = BORDER
        y1 -= max(inside, 0)
    return shown, (x0, y0, x1, y1)
