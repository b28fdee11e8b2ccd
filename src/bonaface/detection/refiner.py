"""Box and five landmarks of a face that was found, and whether it is one, from one closer look at it.

Finding faces in a whole picture and telling exactly where their parts are want different inputs. The finder
sees the picture small; the refiner sees each face alone, at one size, so that landmarks follow a head that is
turned, whatever its size in the picture, and most of what is drawn, or an animal, or fruit, is told from a
face. How its weights were made: docs/detection.md.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bonaface.detection.fit import as_input
from bonaface.geometry import Box, Landmarks, Point
from bonaface.imaging.shrink import resized
from bonaface.imaging.turn import turned
from bonaface.imaging.types import RgbImage
from bonaface.runtime.session import Session
from bonaface.types import Detection

SIZE = 96
"""Side of the network's input in pixels."""
MARGIN = 1.6
"""Side of the square that it sees, in longer sides of the found box."""
BORDER = 127
"""Grey, where the picture ends."""
LEAST_LOG_ODDS = 0.6
"""Of a face, the finder's and the refiner's together: hardly one is lost, most of what is drawn is none."""
INPUT_SHAPES = {"crop": (1, 3, SIZE, SIZE)}


class Refiner:
    """Detections with box and landmarks set right, on a session of the refiner."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def refine(self, image: RgbImage, found: Sequence[Detection]) -> tuple[Detection, ...]:
        """Those that are a person's face, the largest box first; each with the confidence that it came with.

        A face is looked at upright, as its landmarks say how it lies: the nearest quarter of a turn will do.
        image: H x W x 3, uint8, RGB. Boxes and landmarks are in its pixels and clipped to it.
        """
        refined = [face for one in found if (face := self._refined(image, one)) and face.box.area > 0]
        return tuple(sorted(refined, key=lambda face: face.box.area, reverse=True))

    def warm_up(self) -> None:
        blank = Landmarks(*[Point(0, 0)] * 5)
        self.refine(np.zeros((SIZE, SIZE, 3), np.uint8), [Detection(Box(0, 0, SIZE, SIZE), blank, 1.0)])

    def _refined(self, image: RgbImage, face: Detection) -> Detection | None:
        left, top, side = seen(face.box)
        quarters = face.landmarks.quarters
        crop = turned(cut_square(image, left, top, side), -quarters)
        answers = self._session.run({"crop": as_input(crop)})
        person = _log_odds(face.confidence) + answers["person"].item()
        if not person >= LEAST_LOG_ODDS:
            return None
        shares = _as_it_lies(answers["face"].reshape(-1, 2), quarters)
        limit = np.array([image.shape[1], image.shape[0]], np.float32)
        corners = np.clip(shares * side + np.array([left, top], np.float32), 0, limit)
        (x0, y0), (x1, y1) = corners[:2].min(axis=0).tolist(), corners[:2].max(axis=0).tolist()
        landmarks = Landmarks(*(Point(x, y) for x, y in corners[2:].tolist()))
        return Detection(Box(x0, y0, x1, y1), landmarks, face.confidence, person)


def _log_odds(confidence: float) -> float:
    """Of a confidence of 0.5 and more, 1 itself among them."""
    return math.log(confidence) - math.log(max(1 - confidence, 1e-6))


def _as_it_lies(shares: NDArray[np.float32], quarters: int) -> NDArray[np.float32]:
    """N x 2 (x, y), 0..1, of a square that was upright, once it is turned clockwise by so many quarters."""
    for _ in range(quarters):
        shares = np.stack([1 - shares[:, 1], shares[:, 0]], axis=1)
    return shares


def seen(box: Box) -> tuple[int, int, int]:
    """Left, top and side, in whole pixels, of the square round `box` that the network sees."""
    side = max(round(MARGIN * max(box.width, box.height)), 2)
    left, top = (box.x0 + box.x1 - side) / 2, (box.y0 + box.y1 - side) / 2
    return round(left), round(top), side


def cut_square(image: RgbImage, left: int, top: int, side: int, size: int = SIZE) -> RgbImage:
    """size x size x 3, uint8, of the square of `image`; what lies beside the image is grey."""
    height, width = image.shape[:2]
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
    crop = np.full((size, size, 3), BORDER, np.uint8)
    if x1 <= x0 or y1 <= y0:
        return crop
    u0, u1 = _placed(x0 - left, x1 - left, side, size)
    v0, v1 = _placed(y0 - top, y1 - top, side, size)
    crop[v0:v1, u0:u1] = resized(image[y0:y1, x0:x1], u1 - u0, v1 - v0)
    return crop


def _placed(low: int, high: int, side: int, size: int) -> tuple[int, int]:
    """Where pixels low..high of the square are in the crop; one pixel of it at least."""
    start = min(round(low * size / side), size - 1)
    return start, max(round(high * size / side), start + 1)
