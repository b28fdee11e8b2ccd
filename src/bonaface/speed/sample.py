"""The image that is measured where no other is named."""

import cv2
import numpy as np

from bonaface.imaging.decode import decode
from bonaface.settings import ImageLimits

WIDTH, HEIGHT = 640, 480
GREY = 90
QUALITY = 90


def on_canvas(portrait: bytes) -> bytes:
    """A JPEG of 640 x 480 pixels: the square PNG or JPEG `portrait`, 480 pixels high, between grey bars.

    Raises what `bonaface.imaging.decode.decode` does.
    """
    pixels = decode(portrait, ImageLimits())
    canvas = np.full((HEIGHT, WIDTH, 3), GREY, dtype=np.uint8)
    left = (WIDTH - HEIGHT) // 2
    shrinks = min(pixels.shape[:2]) > HEIGHT
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    canvas[:, left : left + HEIGHT] = cv2.resize(pixels, (HEIGHT, HEIGHT), interpolation=interpolation)
    encoded = cv2.imencode(".jpg", canvas[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    return encoded.tobytes()
