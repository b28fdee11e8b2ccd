"""Transparency laid over white, as viewers show a picture on a page."""

from typing import TYPE_CHECKING

import cv2
import numpy as np

from bonaface.imaging.types import RgbImage

if TYPE_CHECKING:  # the module fails to import at run time in some builds
    from cv2.typing import MatLike

WHITE = 255
_BAND = 64


def lay_over_white(image: "MatLike", conversion: int = cv2.COLOR_BGRA2RGB) -> RgbImage:
    """H x W x 4, uint8 or uint16, composited over white: H x W x 3, uint8, RGB.

    conversion: OpenCV's, which drops alpha and puts the colours in order; as it is, for BGRA.
    In bands of rows, so that a large image takes little more memory than its result.
    """
    height, width = image.shape[:2]
    flat = np.empty((height, width, 3), dtype=np.uint8)
    for start in range(0, height, _BAND):
        flat[start : start + _BAND] = _over_white(to_eight_bits(image[start : start + _BAND]), conversion)
    return flat


def paint_key_white(grey: "MatLike", key: int) -> RgbImage:
    """H x W, uint8 or uint16, where the sample `key` is transparent: H x W x 3, uint8, RGB over white.

    In bands of rows as well: a mask of every pixel costs far more memory than the pixels.
    """
    height, width = grey.shape
    flat = np.empty((height, width, 3), dtype=np.uint8)
    for start in range(0, height, _BAND):
        band = grey[start : start + _BAND]
        shown = np.where(band == key, np.uint8(WHITE), to_eight_bits(band))
        flat[start : start + _BAND] = shown[..., np.newaxis]
    return flat


def to_eight_bits(image: "MatLike") -> "MatLike":
    """uint8 as it is, uint16 scaled so that 65535 becomes 255."""
    return image if image.dtype == np.uint8 else cv2.convertScaleAbs(image, alpha=1 / 257)


def _over_white(band: "MatLike", conversion: int) -> "MatLike":
    colour = cv2.cvtColor(band, conversion)
    opacity = cv2.cvtColor(cv2.extractChannel(band, 3), cv2.COLOR_GRAY2RGB)
    return cv2.bitwise_not(cv2.multiply(cv2.bitwise_not(colour), opacity, scale=1 / WHITE))
