"""YuNet: three grids, each cell of which says whether a face has its middle there, its box and landmarks.

Wu et al., *YuNet: A Tiny Millisecond-level Face Detector*, Machine Intelligence Research 20 (2023), MIT
licence. The files that this reads are made by `training/`: RGB instead of BGR, the planes of a grid in one
output, class and objectness already one confidence.
"""

from dataclasses import dataclass

import numpy as np

from bonaface.detection.fit import Candidates, as_input, fit, put_back
from bonaface.imaging.types import RgbImage
from bonaface.runtime.session import Session, Tensor
from bonaface.types import Detection

INPUT_SHAPES = {"image": (1, 3, -1, -1)}
"""Any multiple of 32."""

_STRIDES = (8, 16, 32)


@dataclass(frozen=True, slots=True)
class YuNetOptions:
    """first_side: longer side of the network's input in pixels; second_side: of the input that it sees where
    it found no face in the first. The image is never enlarged.

    threshold: least confidence of a face; overlap: of two boxes above it, one goes (NMS).
    """

    first_side: int = 320
    second_side: int = 640
    threshold: float = 0.5
    overlap: float = 0.3


class YuNetDetector:
    """A `Detector` on a session of YuNet."""

    def __init__(self, session: Session, options: YuNetOptions | None = None) -> None:
        self._session = session
        self._options = options or YuNetOptions()

    def detect(self, image: RgbImage) -> tuple[Detection, ...]:
        """See `Detector.detect`."""
        found = self._look(image, self._options.first_side)
        if found or max(image.shape[:2]) <= self._options.first_side:
            return found
        return self._look(image, self._options.second_side)

    def warm_up(self) -> None:
        for side in (self._options.first_side, self._options.second_side):
            for width, height in ((4, 3), (3, 4)):
                self._look(np.zeros((side * height // 4, side * width // 4, 3), dtype=np.uint8), side)

    def _look(self, image: RgbImage, side: int) -> tuple[Detection, ...]:
        shown = fit(image, side)
        outputs = self._session.run({"image": as_input(shown)})
        levels = [
            _level(outputs[f"level_{stride}"][0], stride, self._options.threshold) for stride in _STRIDES
        ]
        parts = zip(*levels, strict=True)
        return put_back(Candidates(*map(np.concatenate, parts)), self._options.overlap, shown, image)


def _level(planes: Tensor, stride: int, threshold: float) -> tuple[Tensor, Tensor, Tensor]:
    """Boxes, landmarks and scores, in pixels of the input, from 15 x rows x columns."""
    rows, columns = np.nonzero(planes[0] > threshold)
    cells = planes[:, rows, columns].T
    corners = np.stack([columns, rows], axis=1).astype(np.float32)
    centres, halves = cells[:, 1:3] + corners, np.exp(cells[:, 3:5]) / 2
    boxes = np.concatenate([centres - halves, centres + halves], axis=1) * stride
    landmarks = (cells[:, 5:].reshape(-1, 5, 2) + corners[:, None]) * stride
    return boxes, landmarks, cells[:, 0]
