"""What the imaging layer hands around: the pixel array and what a file's header says."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

RgbImage = NDArray[np.uint8]
"""H x W x 3, uint8, RGB, upright."""

TURNED_ORIENTATIONS = frozenset({5, 6, 7, 8})
"""EXIF orientations that swap width and height."""


class ImageFormat(StrEnum):
    """The two formats of the wire contract."""

    PNG = "png"
    JPEG = "jpeg"


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What a file says about itself before any pixel is decoded.

    `width` and `height` are in pixels as stored, before `orientation` (EXIF, 1..8) is applied. `bits` is
    the depth of a sample, or of an index where the PNG has a palette. `channels` counts what is stored:
    1 grey or index, 2 grey and alpha, 3 colour, 4 colour and alpha (PNG) or CMYK (JPEG). `progressive`
    is true for a progressive JPEG and an interlaced PNG.
    """

    format: ImageFormat
    width: int
    height: int
    orientation: int
    bits: int
    channels: int
    progressive: bool

    @property
    def pixels(self) -> int:
        return self.width * self.height

    @property
    def counted_pixels(self) -> int:
        """What counts against a limit: pixels, twice where one takes eight bytes on its way to three.

        That are 16 bits a sample (PNG), which decode to red, green, blue and alpha where there is any
        transparency, and CMYK, whose coefficients are all held where a JPEG has several scans.
        """
        is_wide = self.bits == 16 or (self.format is ImageFormat.JPEG and self.channels == 4)
        return self.pixels * 2 if is_wide else self.pixels

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height of the decoded image, in pixels."""
        if self.orientation in TURNED_ORIENTATIONS:
            return self.height, self.width
        return self.width, self.height
