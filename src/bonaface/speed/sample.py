"""The image that is measured where no other is named."""

import cv2
import numpy as np

from bonaface.imaging.decode import decode
from bonaface.settings import ImageLimits

WIDTH, HEIGHT = 640, 480
DARK, BRIGHT = 70, 110
"""Of the wall. One of one colour would be taken for bars and cut off, and another size be measured."""
QUALITY = 90


def on_canvas(portrait: bytes) -> bytes:
    """A JPEG of 640 x 480 pixels: the square PNG or JPEG `portrait`, 480 pixels high, before a grey wall that
    is lit from one side.

    Raises what `bonaface.imaging.decode.decode` does.
    """
    pixels = decode(portrait, ImageLimits())
    light = np.linspace(0, 1, WIDTH)[None, :] + np.linspace(0, 1, HEIGHT)[:, None]
    wall = (DARK + (BRIGHT - DARK) / 2 * light).astype(np.uint8)
    canvas = wall[:, :, None].repeat(3, axis=2)
    left = (WIDTH - HEIGHT) // 2
    shrinks = min(pixels.shape[:2]) > HEIGHT
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    canvas[:, left : left + HEIGHT] = cv2.resize(pixels, (HEIGHT, HEIGHT), interpolation=interpolation)
    encoded = cv2.imencode(".jpg", canvas[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    return encoded.tobytes()
