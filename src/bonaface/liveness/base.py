"""What the pipeline needs of a PAD model."""

from collections.abc import Sequence
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from bonaface.geometry import Box
from bonaface.imaging.types import RgbImage


class LivenessModel(Protocol):
    """Tells bona fide faces from presentation attacks. May be called from several threads at once."""

    def log_odds(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
        """Bona-fide log-odds of each face, one float64 a box; high = bona fide.

        image: H x W x 3 uint8 RGB; boxes: as the face detector gave them.
        """
        ...

    def warm_up(self) -> None:
        """Run once on a blank image, so that the first request pays for nothing."""
        ...


class ClippingModel(LivenessModel, Protocol):
    """One whose log-odds are clipped as a calibration says."""

    def with_clip(self, clip: float) -> Self:
        """The same networks with another limit of log-odds."""
        ...
