"""The MiniFASNet family: small networks, each looking at one square crop around the face.

Architecture: minivision-ai, *Silent-Face-Anti-Spoofing* (2020), Apache-2.0. How a network is fed and read
is in its catalog entry; this file knows no weights and no engine.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bonaface.imaging.crop import CROP_RULES
from bonaface.imaging.types import RgbImage
from bonaface.models.catalog import PadNetwork
from bonaface.runtime.session import Session, Shapes, Tensor
from bonaface.types import Box

MAX_BATCH = 4
"""Faces that one run takes: more are no faster, and a session keeps the memory of its largest run."""


class MinifasModel:
    """A `LivenessModel` of one network."""

    def __init__(self, session: Session, network: PadNetwork) -> None:
        self._session = session
        self._network = network
        self._crop = CROP_RULES[network.crop]

    @staticmethod
    def input_shapes(network: PadNetwork) -> Shapes:
        """The shape that a session must be opened with: any number of faces, or one."""
        return {network.input: (-1 if network.batches else 1, 3, network.size, network.size)}

    def log_odds(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
        """See `LivenessModel.log_odds`."""
        if not boxes:
            return np.zeros(0)
        batch = self._batch(image, boxes)
        step = MAX_BATCH if self._network.batches else 1
        return np.concatenate([self._run(batch[at : at + step]) for at in range(0, len(batch), step)])

    def _run(self, crops: Tensor) -> NDArray[np.float64]:
        outputs = self._session.run({self._network.input: crops})
        return bona_fide_log_odds(outputs[self._network.output], self._network.bona_fide)

    def warm_up(self) -> None:
        side = self._network.size
        blank = np.zeros((side, side, 3), dtype=np.uint8)
        for faces in (1, 2):
            self.log_odds(blank, [Box(0, 0, side, side)] * faces)

    def _batch(self, image: RgbImage, boxes: Sequence[Box]) -> Tensor:
        """N x 3 x size x size float32 in the network's channel order."""
        network = self._network
        crops = np.stack([self._crop(image, box, network.scale, network.size) for box in boxes])
        if network.channels == "bgr":
            crops = crops[..., ::-1]
        batch = np.ascontiguousarray(crops.transpose(0, 3, 1, 2), dtype=np.float32)
        return batch if network.divisor == 1.0 else batch / np.float32(network.divisor)


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
