"""An image made to fit a detector's input, and what was found there put back into the image."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.geometry import Box, Landmarks, Point
from bonaface.imaging.shrink import resized
from bonaface.imaging.types import RgbImage
from bonaface.runtime.session import Tensor
from bonaface.types import Detection

MULTIPLE = 32
"""Both sides of an input are multiples of it: the coarsest step of the networks."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """boxes: N x 4 (x0, y0, x1, y1); landmarks: N x 5 x 2 (x, y); scores: N; in pixels of the input."""

    boxes: NDArray[np.float32]
    landmarks: NDArray[np.float32]
    scores: NDArray[np.float32]


def fit(image: RgbImage, side: int) -> RgbImage:
    """The image with its longer side at most `side`, never enlarged but to the next multiple of 32."""
    height, width = image.shape[:2]
    ratio = min(1.0, side / max(height, width))
    size = (_round_up(width * ratio), _round_up(height * ratio))
    return resized(image, *size)


def as_input(image: RgbImage) -> Tensor:
    """H x W x 3 uint8 as 1 x 3 x H x W float32, 0..255."""
    return np.ascontiguousarray(image.transpose(2, 0, 1)[None], dtype=np.float32)


def put_back(
    candidates: Candidates, overlap: float, shown: RgbImage, image: RgbImage
) -> tuple[Detection, ...]:
    """One detection a face, largest first, in pixels of `image` and clipped to it.

    overlap: of two boxes that share more of their united area, the less confident goes; shown: the input.
    """
    height, width = image.shape[:2]
    ratio = np.array([width / shown.shape[1], height / shown.shape[0]], dtype=np.float32)
    limit = np.array([width, height], dtype=np.float32)
    found = [
        _detection(
            np.clip(candidates.boxes[i].reshape(2, 2) * ratio, 0, limit),
            np.clip(candidates.landmarks[i] * ratio, 0, limit),
            float(candidates.scores[i]),
        )
        for i in most_confident(candidates.boxes, candidates.scores, overlap)
    ]
    found.sort(key=lambda face: face.box.area, reverse=True)
    return tuple(face for face in found if face.box.area > 0)


def most_confident(
    boxes: NDArray[np.float32], scores: NDArray[np.float32], overlap: float
) -> NDArray[np.intp]:
    """Indices of the boxes that non-maximum suppression leaves, most confident first.

    boxes: N x 4 (x0, y0, x1, y1); scores: N, above 0; overlap: intersection over union above which the less
    confident of two boxes goes.
    """
    corners = boxes.astype(np.float64)
    corners[:, 2:] -= corners[:, :2]  # left, top, width, height
    kept = cv2.dnn.NMSBoxes(corners, scores, 0.0, overlap)  # type: ignore[arg-type]
    return np.asarray(kept, np.intp).reshape(-1)


def _detection(corners: NDArray[np.float32], points: NDArray[np.float32], score: float) -> Detection:
    (x0, y0), (x1, y1) = corners.tolist()
    landmarks = Landmarks(*(Point(x, y) for x, y in points.tolist()))
    return Detection(Box(x0, y0, x1, y1), landmarks, min(score, 1.0))


def _round_up(side: float) -> int:
    return max(int(np.ceil(round(side, 3) / MULTIPLE)), 1) * MULTIPLE
