"""How bright a face is."""

import cv2
import numpy as np
from numpy.typing import NDArray

TOO_DARK_BELOW = 50.0
"""Mean luma under which a face counts as too dark: the floor that a sister product documents."""
TOO_BRIGHT_ABOVE = 215.0
"""Mean luma above which skin loses its texture."""


def mean_luma(face: NDArray[np.uint8]) -> float:
    """Mean luma (ITU-R BT.601), 0..255, of an H x W x 3 uint8 RGB crop of the face box."""
    return float(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY).mean())
