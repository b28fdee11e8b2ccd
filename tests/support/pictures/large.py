"""Photos of a phone's size, made of smaller ones, and the way that they would be looked at in full."""

import cv2
import numpy as np

from bonaface.geometry import Box
from bonaface.imaging.picture import Picture, View
from bonaface.imaging.types import RgbImage


class InFull(Picture):
    """A picture that is never looked at in a smaller view."""

    def __init__(self, pixels: RgbImage) -> None:
        super().__init__(pixels.shape[1], pixels.shape[0], lambda: pixels)

    @property
    def overview(self) -> View:
        return self.view_of(Box(0, 0, 0, 0))

    def _reduction_for(self, box: Box) -> int:
        return 1


def enlarged(pixels: RgbImage, longer: int) -> RgbImage:
    """The same with a longer side of `longer` pixels, by cubic interpolation."""
    factor = longer / max(pixels.shape[:2])
    size = round(pixels.shape[1] * factor), round(pixels.shape[0] * factor)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def on_grey(pixels: RgbImage, width: int, height: int) -> RgbImage:
    """In the middle of a grey canvas, brighter on one side as a wall is: a flat one would be cut off."""
    across, down = (np.linspace(0, 30, side).astype(np.uint8) for side in (width, height))
    canvas = (97 + across[None, :] + down[:, None])[..., None].repeat(3, axis=2)
    top, left = (height - pixels.shape[0]) // 2, (width - pixels.shape[1]) // 2
    canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return canvas


def jpeg_of(pixels: RgbImage, quality: int = 85) -> bytes:
    """The file as OpenCV writes it."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    return cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)[1].tobytes()
