"""Several networks' opinions on a face made into one."""

from collections.abc import Sequence
from copy import copy
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bonaface.geometry import Box
from bonaface.imaging.types import RgbImage
from bonaface.liveness.base import LivenessModel
from bonaface.runtime.helper_pool import HelperPool


class FusedModel:
    """A `LivenessModel`: the weighted mean of its members' log-odds, each clipped first.

    Clipping keeps one network that is very sure and wrong from outvoting the others.
    """

    def __init__(
        self, members: Sequence[tuple[LivenessModel, float]], clip: float, helpers: HelperPool | None = None
    ) -> None:
        """members: models with their weights (only the proportions matter); clip: limit of log-odds;
        helpers: may share the faces of an image, each model's opinion on each by itself.
        """
        self._models = [model for model, _ in members]
        weights = np.array([weight for _, weight in members], dtype=np.float64)
        self._weights = weights / weights.sum()
        self._clip = clip
        self._helpers = helpers or HelperPool(1)

    def log_odds(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
        """See `LivenessModel.log_odds`."""
        asked = [(model, box) for model in self._models for box in boxes]  # one model after the other
        opinions = np.array(self._helpers.map(partial(_opinion, image), asked), dtype=np.float64)
        opinions = opinions.reshape(len(self._models), len(boxes))
        return np.asarray(self._weights @ np.clip(opinions, -self._clip, self._clip), dtype=np.float64)

    def with_clip(self, clip: float) -> Self:
        """See `ClippingModel.with_clip`."""
        other = copy(self)
        other._clip = clip
        return other

    def warm_up(self) -> None:
        for model in self._models:
            model.warm_up()


def _opinion(image: RgbImage, asked: tuple[LivenessModel, Box]) -> float:
    model, box = asked
    return float(model.log_odds(image, [box])[0])
