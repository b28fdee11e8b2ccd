"""Inputs for the detector: pictures fitted, shrunk, enlarged, side by side, as any capture may hold them."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.geometry import Box
from bonaface.imaging.types import RgbImage
from training.augment import CAPTURE, apply
from training.face_sample import FaceSample, as_rgb
from training.faces import Faces, Picture

SIZES = ((320, 256), (320, 192), (256, 320), (320, 320), (192, 320))
_SHARES = (0.5, 0.1, 0.2, 0.15, 0.05)
_SMALLEST, _LARGEST = 9.0, 260.0


@dataclass(frozen=True, slots=True)
class Canvas:
    """H x W x 3 uint8 RGB and the faces in it."""

    image: RgbImage
    faces: Faces


def size_of(rng: np.random.Generator) -> tuple[int, int]:
    """Width and height that a batch shares."""
    return SIZES[int(rng.choice(len(SIZES), p=_SHARES))]


def canvas(pictures: Sequence[Picture], size: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """One input: a picture fitted as the product fits it, a picture somewhere at any size, or up to six."""
    kind = rng.random()
    if kind < 0.4:
        return _fitted(_captured(_drawn(pictures, rng), rng), size, rng)
    if kind < 0.45:
        return Canvas(_background(pictures, size, rng), _none())
    columns, rows = (1, 1) if kind < 0.75 else (int(rng.integers(1, 4)), int(rng.integers(1, 3)))
    image, faces = _background(pictures, size, rng), _none()
    width, height = size[0] // columns, size[1] // rows
    for row in range(rows):
        for column in range(columns):
            spot = column * width, row * height, width, height
            faces = _put(image, faces, _captured(_drawn(pictures, rng), rng), spot, rng)
    return Canvas(image, faces)


def _drawn(pictures: Sequence[Picture], rng: np.random.Generator) -> Picture:
    return pictures[int(rng.integers(len(pictures)))]


def _captured(picture: Picture, rng: np.random.Generator) -> Picture:
    """Mirrored or not, then what optics, sensor and encoder do."""
    image, faces = picture.image, picture.faces
    if rng.random() < 0.5:
        image, faces = np.ascontiguousarray(image[:, ::-1]), faces.mirrored(image.shape[1])
    if rng.random() < 0.4:
        return Picture(image, faces)
    sample = apply(CAPTURE, FaceSample(image, Box(*faces.boxes[0].tolist())), rng)
    ratio = sample.size[0] / image.shape[1], sample.size[1] / image.shape[0]
    return Picture(sample.image, faces.scaled(*ratio))


def _fitted(picture: Picture, size: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """The whole picture stretched to the input, as the product does where proportions are near."""
    height, width = picture.image.shape[:2]
    stretch = (size[0] / width) / (size[1] / height)
    if not 0.8 < stretch < 1.25:
        image, faces = np.full((size[1], size[0], 3), int(rng.integers(0, 256)), np.uint8), _none()
        return Canvas(image, _put(image, faces, picture, (0, 0, *size), rng))
    resized = cv2.resize(picture.image, size, interpolation=cv2.INTER_AREA)
    return Canvas(as_rgb(resized), picture.faces.scaled(size[0] / width, size[1] / height))


def _put(
    image: RgbImage,
    faces: Faces,
    picture: Picture,
    spot: tuple[int, int, int, int],
    rng: np.random.Generator,
) -> Faces:
    """Draws the picture into the spot, its largest face whole or nearly so; returns all faces then."""
    left, top, width, height = spot
    box = picture.faces.boxes[0]
    side = float(max(box[2] - box[0], box[3] - box[1]))
    largest = min(_LARGEST, 0.95 * min(width, height))
    target = float(np.exp(rng.uniform(np.log(_SMALLEST), np.log(largest))))
    stretch = float(np.exp(rng.normal(0, 0.05)))
    x, y = target / side * stretch, target / side / stretch
    part, moved = _window(picture, (x, y), (width, height), rng)
    left += int(rng.integers(0, width - part.shape[1] + 1))
    top += int(rng.integers(0, height - part.shape[0] + 1))
    image[top : top + part.shape[0], left : left + part.shape[1]] = part
    moved = _visible(moved, part.shape[1], part.shape[0]).moved(left, top)
    return Faces(np.concatenate([faces.boxes, moved.boxes]), np.concatenate([faces.points, moved.points]))


def _window(
    picture: Picture, ratio: tuple[float, float], size: tuple[int, int], rng: np.random.Generator
) -> tuple[RgbImage, Faces]:
    """A part of the picture at `ratio`, at most `size`, that holds the largest face."""
    source = picture.image
    full = max(round(source.shape[1] * ratio[0]), 1), max(round(source.shape[0] * ratio[1]), 1)
    scaled = picture.faces.scaled(full[0] / source.shape[1], full[1] / source.shape[0])
    x0, y0, x1, y1 = scaled.boxes[0].tolist()
    slack = 0.25 if rng.random() < 0.1 else 0.0
    left = _start(x0, x1, full[0], size[0], slack, rng)
    top = _start(y0, y1, full[1], size[1], slack, rng)
    right, bottom = min(left + size[0], full[0]), min(top + size[1], full[1])
    x, y = source.shape[1] / full[0], source.shape[0] / full[1]
    cut = source[
        int(top * y) : max(int(bottom * y), int(top * y) + 1),
        int(left * x) : max(int(right * x), int(left * x) + 1),
    ]
    shrinks = full[0] < source.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return as_rgb(cv2.resize(cut, (right - left, bottom - top), interpolation=method)), scaled.moved(
        -left, -top
    )


def _start(low: float, high: float, full: int, limit: int, slack: float, rng: np.random.Generator) -> int:
    """Where a window of `limit` pixels begins so that low..high, but for `slack` of it, is inside."""
    if full <= limit:
        return 0
    spare = slack * (high - low)
    least, most = max(high - limit - spare, 0.0), min(low + spare, full - limit)
    return int(rng.uniform(min(least, most), max(least, most)))


def _visible(faces: Faces, width: int, height: int) -> Faces:
    """Boxes cut at the border, as the teacher gives them; faces half outside are gone."""
    limit = np.array([width, height] * 2, np.float32)
    boxes = np.clip(faces.boxes, 0, limit)
    kept = _areas(boxes) > 0.5 * np.maximum(_areas(faces.boxes), 1e-3)
    return Faces(boxes[kept], faces.points[kept])


def _areas(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), np.float32)


def _background(pictures: Sequence[Picture], size: tuple[int, int], rng: np.random.Generator) -> RgbImage:
    """A tone, noise, or something blurred and upside down: nothing that is a face."""
    width, height = size
    kind = rng.random()
    if kind < 0.3:
        return np.full((height, width, 3), rng.integers(0, 256, 3), np.uint8)
    if kind < 0.45:
        cells = rng.integers(0, 256, (int(rng.integers(2, 60)), int(rng.integers(2, 60)), 3), dtype=np.uint8)
        return as_rgb(
            cv2.resize(cells, size, interpolation=int(rng.choice([cv2.INTER_NEAREST, cv2.INTER_CUBIC])))
        )
    image = cv2.resize(_drawn(pictures, rng).image[::-1], size, interpolation=cv2.INTER_AREA)
    return _scrambled(as_rgb(image), rng)


def _scrambled(image: RgbImage, rng: np.random.Generator) -> RgbImage:
    """Tiles of 16 to 32 pixels in another order: texture and edges of real captures, without a face."""
    tile = int(rng.choice([16, 32]))
    rows, columns = image.shape[0] // tile, image.shape[1] // tile
    tiles = image.reshape(rows, tile, columns, tile, 3).transpose(0, 2, 1, 3, 4).reshape(-1, tile, tile, 3)
    mixed = rng.permutation(tiles).reshape(rows, columns, tile, tile, 3).transpose(0, 2, 1, 3, 4)
    return np.ascontiguousarray(mixed.reshape(image.shape))


def _none() -> Faces:
    return Faces(np.zeros((0, 4), np.float32), np.zeros((0, 5, 2), np.float32))
