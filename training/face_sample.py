"""An image with the box of its face, and moving both together."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.geometry import Box
from bonaface.imaging.crop import RgbImage

FloatImage = NDArray[np.float32]
"""H x W x 3, float32, RGB, 0..1."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FaceSample:
    """H x W x 3 uint8 RGB and where its face is, in pixels."""

    image: RgbImage
    box: Box

    @property
    def face_side(self) -> float:
        """Mean side of the face in pixels."""
        return (self.box.width + self.box.height) / 2

    @property
    def size(self) -> tuple[int, int]:
        """Width, height, as OpenCV wants it."""
        height, width = self.image.shape[:2]
        return width, height


def resized(sample: FaceSample, ratio: float, interpolation: int) -> FaceSample:
    """The sample with both sides multiplied by `ratio`."""
    width, height = sample.size
    size = max(round(width * ratio), 16), max(round(height * ratio), 16)
    image = cv2.resize(sample.image, size, interpolation=interpolation)
    x, y = size[0] / width, size[1] / height
    box = sample.box
    return FaceSample(as_rgb(image), Box(box.x0 * x, box.y0 * y, box.x1 * x, box.y1 * y))


def mirrored(sample: FaceSample) -> FaceSample:
    """Left and right swapped."""
    width, box = sample.size[0], sample.box
    image = np.ascontiguousarray(sample.image[:, ::-1])
    return FaceSample(image, Box(width - box.x1, box.y0, width - box.x0, box.y1))


def cut(sample: FaceSample, left: int, top: int, right: int, bottom: int) -> FaceSample:
    """The part of the sample between these pixels."""
    box = sample.box
    image = np.ascontiguousarray(sample.image[top:bottom, left:right])
    return FaceSample(image, Box(box.x0 - left, box.y0 - top, box.x1 - left, box.y1 - top))


def warped_box(box: Box, matrix: Matrix) -> Box:
    """The upright box of the same area as the warped one, round its middle."""
    corners = np.array([[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]], np.float64)
    moved = cv2.perspectiveTransform(corners[None], matrix)[0]
    centre = moved.mean(axis=0)
    half = np.array(
        [
            (moved[1] - moved[0] + moved[2] - moved[3])[0] / 4,
            (moved[3] - moved[0] + moved[2] - moved[1])[1] / 4,
        ]
    )
    (x0, y0), (x1, y1) = (centre - half).tolist(), (centre + half).tolist()
    return Box(x0, y0, max(x1, x0 + 1), max(y1, y0 + 1))


def as_rgb(image: object) -> RgbImage:
    """What OpenCV gave, as uint8; floats are taken as 0..1."""
    array = np.asarray(image)
    if array.dtype == np.uint8:
        return array
    return (np.clip(array, 0, 1) * 255 + 0.5).astype(np.uint8)


def as_float(image: RgbImage) -> FloatImage:
    """0..1."""
    return image.astype(np.float32) * np.float32(1 / 255)
