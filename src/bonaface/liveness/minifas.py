"""The MiniFASNet family: small networks, each looking at one square crop around the face.

Architecture: minivision-ai, *Silent-Face-Anti-Spoofing* (2020), Apache-2.0. How a network is fed and read
is in its catalog entry; this file knows no weights and no engine.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bonaface.geometry import Box
from bonaface.imaging.crop import CROP_RULES
from bonaface.imaging.types import RgbImage
from bonaface.models.catalog import PadNetwork
from bonaface.runtime.session import Session, Shapes, Tensor


class MinifasModel:
    """A `LivenessModel` of one network."""

    def __init__(self, session: Session, network: PadNetwork) -> None:
        self._session = session
        self._network = network
        self._crop = CROP_RULES[network.crop]

    @staticmethod
    def input_shapes(network: PadNetwork) -> Shapes:
        """The shape that a session must be opened with: one face.

        A fixed shape compiles to faster kernels than a free one, and a network that sees now one face, now
        four, sets its kernels up anew, for 40 % of a run (docs/adr/0003-one-face-a-run.md).
        """
        return {network.input: (1, 3, network.size, network.size)}

    def log_odds(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
        """See `LivenessModel.log_odds`."""
        return np.array([self._log_odds(image, box) for box in boxes], dtype=np.float64)

    def _log_odds(self, image: RgbImage, box: Box) -> float:
        outputs = self._session.run({self._network.input: self._input(image, box)})
        return float(bona_fide_log_odds(outputs[self._network.output], self._network.bona_fide)[0])

    def warm_up(self) -> None:
        side = self._network.size
        self.log_odds(np.zeros((side, side, 3), dtype=np.uint8), [Box(0, 0, side, side)])

    def _input(self, image: RgbImage, box: Box) -> Tensor:
        """1 x 3 x size x size float32 in the network's channel order."""
        network = self._network
        crop = self._crop(image, box, network.scale, network.size)
        if network.channels == "bgr":
            crop = crop[..., ::-1]
        planes = np.ascontiguousarray(crop.transpose(2, 0, 1)[None], dtype=np.float32)
        return planes if network.divisor == 1.0 else planes / np.float32(network.divisor)


def bona_fide_log_odds(output: Tensor, bona_fide: int | None) -> NDArray[np.float64]:
    """Log-odds of the bona fide class.

    output: N log-odds when `bona_fide` is none, else N x classes logits of a softmax head of which
    `bona_fide` is the index of the bona fide class.
    """
    values = output.astype(np.float64)
    if bona_fide is None:
        return values.reshape(-1)
    others = np.delete(values, bona_fide, axis=1)
    return np.asarray(values[:, bona_fide] - np.logaddexp.reduce(others, axis=1), dtype=np.float64)
