"""An image as the pipeline looks at it: small to find faces, and each face no larger than it has to be.

A photo of 12 megapixels holds far more than networks that see 80 to 640 pixels a side can use: a JPEG of that
size is decoded at half its sides, and in full only where a face is so small that half of it would not do.
Measured in docs/adr/0004-reduced-size.md. Flat bars at its edges are in no view: docs/imaging.md.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bonaface.geometry import Box
from bonaface.imaging.bars import Content, content_of
from bonaface.imaging.shrink import halved
from bonaface.imaging.types import RgbImage
from bonaface.types import Detection

REDUCTIONS = (8, 4, 2)
"""What a JPEG decoder does fast."""
LEAST_SIDE = 1000
"""Longer side, in pixels, that an overview has at least: half as much again as the largest detector input."""
LEAST_DECODED = 1600
"""Longer side, in pixels, that a JPEG is decoded to at least. For 12 megapixels a quarter would take 3 ms
less than a half, and faces of 256 to 512 pixels would then need all pixels too."""
LEAST_FACE = 128
"""Shorter side, in pixels, that a face has at least in a smaller view that it is taken from: then no crop is
enlarged for its network, and sharpness, told at 64 x 64, hardly changes."""


@dataclass(frozen=True, slots=True)
class View:
    """An upright image with width and height divided by `reduction`, rounded up: H x W x 3, uint8, RGB.

    left, top: pixels of the view that were cut off before its first column and row.
    """

    pixels: RgbImage
    reduction: int
    left: int = 0
    top: int = 0

    def box_in(self, box: Box) -> Box:
        """Where a box of the full image is in the view."""
        return box.scaled(1 / self.reduction).moved(-self.left, -self.top)

    def face_in(self, face: Detection) -> Detection:
        """Where a face of the full image is in the view."""
        return face.scaled(1 / self.reduction).moved(-self.left, -self.top)

    def face_of(self, face: Detection) -> Detection:
        """Where a face of the view is in the full image."""
        return face.moved(self.left, self.top).scaled(self.reduction)


class Picture:
    """One upright image of `width` x `height` pixels, in views of different size. Belongs to one analysis."""

    def __init__(
        self, width: int, height: int, decoder: Callable[[], RgbImage], first: View | None = None
    ) -> None:
        """decoder: gives all pixels, called once at most, if at all; first: a view that is there already,
        of the whole image.
        """
        self.width = width
        self.height = height
        self._most = reduction_of(width, height, LEAST_SIDE)
        self._decoder = decoder
        self._wholes = {first.reduction: first.pixels} if first else {}
        self._views: dict[int, View] = {}
        self._content: Content | None = None

    @classmethod
    def of(cls, pixels: RgbImage) -> "Picture":
        """A picture of which all pixels are there."""
        height, width = pixels.shape[:2]
        return cls(width, height, lambda: pixels)

    @property
    def finest(self) -> int:
        """The reduction of the largest view that is there: 1 = all pixels."""
        return min(self._wholes, default=1)

    def decode(self) -> RgbImage:
        """All pixels. Raises what decoding them raises."""
        return self._whole(1)

    @property
    def content(self) -> Content:
        """What views show, in pixels of the full image: all but flat bars, as the overview has them."""
        if self._content is None:
            found = content_of(self._whole(self._most))
            x1, y1 = found.x1 * self._most, found.y1 * self._most
            self._content = Content(
                found.x0 * self._most, found.y0 * self._most, min(x1, self.width), min(y1, self.height)
            )
        return self._content

    @property
    def overview(self) -> View:
        """The smallest view, in which faces are to be found."""
        return self._at(self._most)

    def view_of(self, box: Box) -> View:
        """The smallest view that shows the face in `box`, in pixels of the full image, well enough."""
        return self._at(self._reduction_for(box))

    def views_of(self, boxes: Sequence[Box]) -> list[tuple[View, list[int]]]:
        """Each view that shows some of these faces, with their places in `boxes`."""
        places: dict[int, list[int]] = {}
        for place, box in enumerate(boxes):
            places.setdefault(self._reduction_for(box), []).append(place)
        return [(self._at(reduction), some) for reduction, some in places.items()]

    def lacks_pixels(self, boxes: Iterable[Box]) -> bool:
        """Whether any of these faces needs all pixels, and they are yet to be decoded."""
        return any(self._reduction_for(box) < self.finest for box in boxes)

    def _reduction_for(self, box: Box) -> int:
        reduction, side = self._most, min(box.width, box.height)
        while reduction > 1 and side < LEAST_FACE * reduction:
            reduction //= 2
        return reduction

    def _at(self, reduction: int) -> View:
        if reduction not in self._views:
            self._views[reduction] = self._cut(reduction)
        return self._views[reduction]

    def _cut(self, reduction: int) -> View:
        whole, content = self._whole(reduction), self.content
        left, top = content.x0 // reduction, content.y0 // reduction
        right, bottom = -(-content.x1 // reduction), -(-content.y1 // reduction)
        if (bottom - top, right - left) == whole.shape[:2]:
            return View(whole, reduction)
        return View(np.ascontiguousarray(whole[top:bottom, left:right]), reduction, left, top)

    def _whole(self, reduction: int) -> RgbImage:
        if reduction not in self._wholes:
            self._wholes[reduction] = (
                self._decoder() if reduction == 1 else halved(self._whole(reduction // 2))
            )
        return self._wholes[reduction]


def reduction_of(width: int, height: int, least: int) -> int:
    """By what both sides can be divided so that the longer one keeps `least` pixels; 1 = by nothing."""
    return next((one for one in REDUCTIONS if max(width, height) >= least * one), 1)
