"""How far light and dark are apart on a face."""

import cv2
import numpy as np

from bonaface.imaging.types import RgbImage

_SIDE = 64
LOW_CONTRAST_BELOW = 50.0
"""0.3 % of the bona fide faces measured are below."""


def contrast(face: RgbImage) -> float:
    """Levels of luma (0..255) between the darkest and the lightest twentieth of the face, at 64 x 64.

    face: H x W x 3 uint8 RGB crop of the face box.
    """
    small = cv2.resize(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    levels = np.sort(small, axis=None)
    twentieth = len(levels) // 20
    return float(levels[-twentieth - 1]) - float(levels[twentieth])
