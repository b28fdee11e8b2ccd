"""Log-odds of faces in grey pictures, put on the scale of coloured ones.

Colour is part of the evidence: without it networks give bona fide faces lower log-odds, and attacks the same.
A line puts that right as far as it lets no more attacks pass that were made grey than pass in colour; how it
is found: `training/grey.py`. A face counts as grey where both the whole picture and the face are: neither a
print in black and white before a camera does, nor a face in colour on a grey picture.
"""

from collections.abc import Sequence
from copy import copy
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bonaface.geometry import Box
from bonaface.imaging.chroma import is_grey
from bonaface.imaging.crop import pixels_under
from bonaface.imaging.types import RgbImage
from bonaface.liveness.base import ClippingModel
from bonaface.models.catalog import GreyLine


class GreyModel:
    """A `LivenessModel`: another one whose log-odds of grey faces are moved; those in colour stay."""

    def __init__(self, model: ClippingModel, line: GreyLine) -> None:
        self._model = model
        self._line = line

    def log_odds(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
        """See `LivenessModel.log_odds`."""
        found = self._model.log_odds(image, boxes)
        if not is_grey(image):
            return found
        grey = np.array([is_grey(pixels_under(image, box)) for box in boxes], dtype=np.bool_)
        return np.where(grey, self._line.slope * found + self._line.offset, found)

    def with_clip(self, clip: float) -> Self:
        """See `ClippingModel.with_clip`."""
        other = copy(self)
        other._model = self._model.with_clip(clip)
        return other

    def warm_up(self) -> None:
        self._model.warm_up()
