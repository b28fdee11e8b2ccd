"""The images that are measured, made of the public-domain portrait of examples/."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.imaging.decode import decode
from bonaface.settings import ImageLimits
from bonaface.speed.sample import on_canvas

PORTRAIT = Path(__file__).parents[1] / "examples" / "astronaut.png"
HEAD = (slice(20, 220), slice(125, 325))
"""Rows and columns of the head in the portrait."""
MOST_BYTES = 2_900_000
COLUMNS, LINES, CELL = 5, 4, 240
"""A crowd has room for 20 heads, each on a square of 240 pixels."""

Pixels = NDArray[np.uint8]


def photo() -> bytes:
    """640 x 480 pixels, one face."""
    return on_canvas(PORTRAIT.read_bytes())


def large(megapixels: float) -> bytes:
    """A JPEG of 4:3 with one face and the grain of a camera, of the best quality that is under 2.9 MB."""
    width = round((megapixels * 1e6 * 4 / 3) ** 0.5 / 16) * 16
    height = width * 3 // 4
    canvas = np.full((height, width, 3), 90, dtype=np.uint8)
    left = (width - height) // 2
    canvas[:, left : left + height] = cv2.resize(_portrait(), (height, height), interpolation=cv2.INTER_CUBIC)
    return _fitted(_grained(canvas))


def crowd(faces: int) -> bytes:
    """A JPEG of 1200 x 960 pixels with the portrait's head so many times, 20 at most."""
    canvas = np.full((LINES * CELL, COLUMNS * CELL, 3), 90, dtype=np.uint8)
    head = cv2.resize(_portrait()[HEAD], (CELL, CELL), interpolation=cv2.INTER_CUBIC)
    for place in range(faces):
        top, left = place // COLUMNS * CELL, place % COLUMNS * CELL
        canvas[top : top + CELL, left : left + CELL] = head
    return _encoded(canvas, 90)


def _portrait() -> Pixels:
    return np.asarray(decode(PORTRAIT.read_bytes(), ImageLimits())[..., ::-1], dtype=np.uint8)


def _grained(image: Pixels) -> Pixels:
    """With noise of 3 grey levels, which comes again every 1024 pixels."""
    height, width = image.shape[:2]
    tile = np.random.default_rng(1).normal(0, 3, (1024, 1024, 1)).astype(np.int16)
    grain = np.tile(tile, (-(-height // 1024), -(-width // 1024), 1))[:height, :width]
    return np.asarray(np.clip(image.astype(np.int16) + grain, 0, 255), dtype=np.uint8)


def _fitted(image: Pixels) -> bytes:
    for quality in range(95, 5, -5):
        if len(encoded := _encoded(image, quality)) <= MOST_BYTES:
            return encoded
    raise ValueError("no quality makes the file small enough")


def _encoded(image: Pixels, quality: int) -> bytes:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
