"""CenterFace: one anchor-free pass that gives boxes and five landmarks.

Xu et al., *CenterFace: Joint Face Detection and Alignment Using Face as Point* (2019), MIT licence. The
network is read from the model catalog; this file knows its inputs, its outputs and nothing of engines.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bonaface.detection.nms import non_maximum_suppression
from bonaface.imaging.shrink import resized
from bonaface.imaging.types import RgbImage
from bonaface.runtime.session import Session, Tensor
from bonaface.types import Box, Detection, Landmarks, Point

INPUT_SHAPES = {"input.1": (1, 3, -1, -1)}
"""The file fixes the input at 10 x 3 x 32 x 32; the network itself takes any multiple of 32."""

_HEATMAP, _SCALE, _OFFSET, _LANDMARKS = "537", "538", "539", "540"
_STRIDE = 4
_MULTIPLE = 32


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
        resized = self._fit(image)
        outputs = self._session.run({"input.1": _blob(resized)})
        boxes, landmarks, scores = _candidates(outputs, self._options.threshold)
        kept = non_maximum_suppression(boxes, scores, self._options.overlap)
        height, width = image.shape[:2]
        ratio = np.array([width / resized.shape[1], height / resized.shape[0]], dtype=np.float32)
        found = [
            _detection(boxes[i].reshape(2, 2) * ratio, landmarks[i] * ratio, float(scores[i]), width, height)
            for i in kept
        ]
        found.sort(key=lambda face: face.box.area, reverse=True)
        return tuple(face for face in found if face.box.area > 0)

    def warm_up(self) -> None:
        side = self._options.input_side
        for width, height in ((4, 3), (3, 4)):
            self.detect(np.zeros((side * height // 4, side * width // 4, 3), dtype=np.uint8))

    def _fit(self, image: RgbImage) -> RgbImage:
        """The image with its longer side at most `input_side`, both sides rounded up to 32."""
        height, width = image.shape[:2]
        ratio = min(1.0, self._options.input_side / max(height, width))
        size = (_round_up(width * ratio), _round_up(height * ratio))
        return resized(image, *size)


def _round_up(side: float) -> int:
    return max(int(np.ceil(round(side, 3) / _MULTIPLE)), 1) * _MULTIPLE


def _blob(image: RgbImage) -> Tensor:
    return np.ascontiguousarray(image.transpose(2, 0, 1)[None], dtype=np.float32)


def _candidates(
    outputs: dict[str, Tensor], threshold: float
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Boxes N x 4, landmarks N x 5 x 2 (x, y) and scores N, in pixels of the network's input."""
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
    return boxes, landmarks.transpose(1, 0, 2).astype(np.float32), heatmap[rows, columns]


def _detection(
    corners: NDArray[np.float32], landmarks: NDArray[np.float32], score: float, width: int, height: int
) -> Detection:
    limit = np.array([width, height], dtype=np.float32)
    (x0, y0), (x1, y1) = np.clip(corners, 0, limit).tolist()
    points = [Point(x, y) for x, y in np.clip(landmarks, 0, limit).tolist()]
    return Detection(Box(x0, y0, x1, y1), Landmarks(*points), min(score, 1.0))
