"""Takes out of a score what the framing puts in.

The networks look at the scene round a face. Where a photo is cut tight, that scene is missing and bona fide
faces and attacks alike get lower log-odds than in a whole photo, so that one threshold cannot serve both.
How much scene there is can be read off the box: this file subtracts the mean effect of it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bonaface.imaging.types import RgbImage
from bonaface.liveness.base import LivenessModel
from bonaface.models.catalog import ContextShift
from bonaface.types import Box


class ContextCorrectedModel:
    """A `LivenessModel` whose log-odds mean the same in a tight crop and in a whole photo."""

    def __init__(self, model: LivenessModel, shift: ContextShift) -> None:
        self._model = model
        self._shift = shift

    def log_odds(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
        """See `LivenessModel.log_odds`."""
        scales = np.array([visible_scale(image, box) for box in boxes], dtype=np.float64)
        return self._model.log_odds(image, boxes) - correction(scales, self._shift)

    def warm_up(self) -> None:
        self._model.warm_up()


def visible_scale(image: RgbImage, box: Box) -> float:
    """How many times the box fits into the image, the tighter side counting: 1 = nothing but the face."""
    height, width = image.shape[:2]
    return float(min((width - 1) / max(box.width, 1.0), (height - 1) / max(box.height, 1.0)))


def correction(scales: NDArray[np.float64], shift: ContextShift) -> NDArray[np.float64]:
    """What is taken off the log-odds: nothing up to `least`, `log_odds` from `full` on, a ramp between."""
    share = (scales - shift.least) / (shift.full - shift.least)
    return np.asarray(shift.log_odds * np.clip(share, 0.0, 1.0), dtype=np.float64)
