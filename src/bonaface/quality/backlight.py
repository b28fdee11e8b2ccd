"""Whether the light comes from behind a face."""

import cv2

from bonaface.geometry import Box
from bonaface.imaging.crop import pixels_under
from bonaface.imaging.types import RgbImage
from bonaface.quality.exposure import mean_luma

AROUND = 2.0
"""Sides of what is around a face, in sides of its box."""
BACK_LIT_ABOVE = 100.0
"""0.7 % of the bona fide faces measured are above: in two sources, with a window or a lamp behind them."""


def backlight(image: RgbImage, box: Box) -> float:
    """By how much mean luma (0..255) around a face is above that of the face; under 0 where that is lighter.

    image: H x W x 3 uint8 RGB; box: of the face, in its pixels. Around it is a box with twice its sides,
    without the face, as far as the image goes; 0 where it goes no further than the face.
    """
    face, both = pixels_under(image, box), pixels_under(image, _grown(box))
    inside, whole = face.shape[0] * face.shape[1], both.shape[0] * both.shape[1]
    if whole <= inside:
        return 0.0
    luma = mean_luma(face)
    around = (_sum(both) - luma * inside) / (whole - inside)
    return float(around - luma)


def _sum(pixels: RgbImage) -> float:
    return float(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).sum())


def _grown(box: Box) -> Box:
    across, down = box.width * (AROUND - 1) / 2, box.height * (AROUND - 1) / 2
    return Box(box.x0 - across, box.y0 - down, box.x1 + across, box.y1 + down)
