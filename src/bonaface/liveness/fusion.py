"""Several networks' opinions on a face made into one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bonaface.imaging.types import RgbImage
from bonaface.liveness.base import LivenessModel
from bonaface.types import Box


class FusedModel:
    """A `LivenessModel`: the weighted mean of its members' log-odds, each clipped first.

    Clipping keeps one network that is very sure and wrong from outvoting the others.
    """

    def __init__(self, members: Sequence[tuple[LivenessModel, float]], clip: float) -> None:
        """members: models with their weights (only the proportions matter); clip: limit of log-odds."""
        self._models = [model for model, _ in members]
        weights = np.array([weight for _, weight in members], dtype=np.float64)
        self._weights = weights / weights.sum()
        self._clip = clip

    def log_odds(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
        """See `LivenessModel.log_odds`."""
        opinions = np.stack([model.log_odds(image, boxes) for model in self._models])
        return np.asarray(self._weights @ np.clip(opinions, -self._clip, self._clip), dtype=np.float64)

    def warm_up(self) -> None:
        for model in self._models:
            model.warm_up()
