"""A heatmap as a small picture to be laid over its face."""

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 64
"""Pixels a side of the picture."""
LEAST_SCALE = 1.0
"""Log-odds at full colour, at least: noise is to stay pale."""
MOST_OPAQUE = 200
BONA_FIDE, ATTACK = (27, 108, 168), (209, 73, 91)
"""Blue and red, as in the charts of the evaluation."""


def heatmap_picture(cells: NDArray[np.float64]) -> tuple[float, bytes]:
    """The log-odds at full colour, and a PNG of 64 x 64 pixels with an alpha channel.

    cells: by rows; above 0 blue (it speaks for bona fide), below red (for an attack), 0 is clear.
    """
    scale = max(float(np.abs(cells).max()), LEAST_SCALE)
    smooth = cv2.resize(cells / scale, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    values = np.asarray(smooth, np.float64)
    picture = np.empty((SIDE, SIDE, 4), np.uint8)
    picture[..., :3] = np.where(values[..., None] > 0, BONA_FIDE[::-1], ATTACK[::-1])  # OpenCV's order
    picture[..., 3] = (np.abs(values) * MOST_OPAQUE).round()
    _, data = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    return scale, data.tobytes()
