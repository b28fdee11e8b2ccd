"""Turns pixels: stored ones the way their EXIF orientation asks, others by quarters."""

import cv2
import numpy as np

from bonaface.imaging.exif import UPRIGHT
from bonaface.imaging.types import RgbImage

_HORIZONTAL, _VERTICAL = 1, 0

_ROTATIONS = {3: cv2.ROTATE_180, 6: cv2.ROTATE_90_CLOCKWISE, 8: cv2.ROTATE_90_COUNTERCLOCKWISE}
_MIRRORS = {2: _HORIZONTAL, 4: _VERTICAL}


_QUARTERS = {1: cv2.ROTATE_90_CLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_COUNTERCLOCKWISE}


def turned(image: RgbImage, quarters: int) -> RgbImage:
    """H x W x 3 turned clockwise by quarters of a turn, contiguous; itself where that is none."""
    quarters %= 4
    return np.asarray(cv2.rotate(image, _QUARTERS[quarters]), dtype=np.uint8) if quarters else image


def turn_upright(stored: RgbImage, orientation: int) -> RgbImage:
    """The stored pixels, H x W x 3, as `orientation` (Exif 2.32, 1..8) means them to be seen.

    The result is contiguous; orientation 1 gives `stored` itself.
    """
    if orientation == UPRIGHT:
        return stored
    if orientation in _ROTATIONS:
        turned = cv2.rotate(stored, _ROTATIONS[orientation])
    elif orientation in _MIRRORS:
        turned = cv2.flip(stored, _MIRRORS[orientation])
    else:
        turned = cv2.transpose(stored)
        if orientation == 7:
            turned = cv2.rotate(turned, cv2.ROTATE_180)
    return np.asarray(turned, dtype=np.uint8)
