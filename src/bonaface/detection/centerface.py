"""CenterFace: one anchor-free pass that gives boxes and five landmarks.

Xu et al., *CenterFace: Joint Face Detection and Alignment Using Face as Point* (2019), MIT licence. The
network is read from the model catalog; this file knows its inputs, its outputs and nothing of engines.
"""

from dataclasses import dataclass

import numpy as np

from bonaface.detection.fit import Candidates, as_input, fit, put_back
from bonaface.imaging.types import RgbImage
from bonaface.runtime.session import Session, Tensor
from bonaface.types import Detection

INPUT_SHAPES = {"input.1": (1, 3, -1, -1)}
"""The file fixes the input at 10 x 3 x 32 x 32; the network itself takes any multiple of 32."""

_HEATMAP, _SCALE, _OFFSET, _LANDMARKS = "537", "538", "539", "540"
_STRIDE = 4


@dataclass(frozen=True, slots=True)
class CenterFaceOptions:
    """input_side: longer side of the network's input in pixels; the image is never enlarged.

    threshold: least confidence of a face; overlap: of two boxes above it, one goes (NMS).
    """

    input_side: int = 480
    threshold: float = 0.5
    overlap: float = 0.3


class CenterFaceDetector:
    """A `Detector` on a session of CenterFace."""

    def __init__(self, session: Session, options: CenterFaceOptions | None = None) -> None:
        self._session = session
        self._options = options or CenterFaceOptions()

    def detect(self, image: RgbImage) -> tuple[Detection, ...]:
        """See `Detector.detect`."""
        shown = fit(image, self._options.input_side)
        outputs = self._session.run({"input.1": as_input(shown)})
        return put_back(_candidates(outputs, self._options.threshold), self._options.overlap, shown, image)

    def warm_up(self) -> None:
        side = self._options.input_side
        for width, height in ((4, 3), (3, 4)):
            self.detect(np.zeros((side * height // 4, side * width // 4, 3), dtype=np.uint8))


def _candidates(outputs: dict[str, Tensor], threshold: float) -> Candidates:
    heatmap = outputs[_HEATMAP][0, 0]
    rows, columns = np.nonzero(heatmap > threshold)
    height, width = np.exp(outputs[_SCALE][0][:, rows, columns]) * _STRIDE
    offset_y, offset_x = outputs[_OFFSET][0][:, rows, columns]
    centre_x = (columns + offset_x + 0.5) * _STRIDE
    centre_y = (rows + offset_y + 0.5) * _STRIDE
    x0, y0 = centre_x - width / 2, centre_y - height / 2
    boxes = np.stack([x0, y0, x0 + width, y0 + height], axis=1).astype(np.float32)
    points = outputs[_LANDMARKS][0][:, rows, columns].reshape(5, 2, -1)
    landmarks = np.stack([points[:, 1] * width + x0, points[:, 0] * height + y0], axis=-1)
    return Candidates(boxes, landmarks.transpose(1, 0, 2).astype(np.float32), heatmap[rows, columns])
