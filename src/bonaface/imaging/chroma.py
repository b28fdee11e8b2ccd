"""Whether a picture has colours."""

import cv2
import numpy as np

from bonaface.imaging.types import RgbImage

SAMPLES = 32
"""Rows, and samples of each, that are looked at; up to twice as many."""
TOLERANCE = 4
"""Levels by which the planes of a grey pixel may differ: JPEG leaves them equal, video within one or two."""
MOST_COLOURED = 0.01
"""Share of the samples of a grey picture, at most, that have a colour: the time may be written into it. The
least of the labelled captures is 20 times as much (`training/grey.py`)."""


def coloured_share(image: RgbImage) -> float:
    """Share, 0..1, of samples of H x W x 3, uint8, RGB, that have a colour."""
    height, width = image.shape[:2]
    some = np.ascontiguousarray(image[:: max(height // SAMPLES, 1), :: max(width // SAMPLES, 1)])
    red, green, blue = cv2.split(some)
    apart = cv2.max(cv2.absdiff(red, green), cv2.absdiff(blue, green))
    return int(np.count_nonzero(apart > TOLERANCE)) / apart.size


def is_grey(image: RgbImage) -> bool:
    """Whether H x W x 3, uint8, RGB, is grey: night cameras, scans. One that has a tint all over is not."""
    return coloured_share(image) <= MOST_COLOURED
