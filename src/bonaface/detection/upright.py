"""Faces in a picture that lies on its side or stands on its head, found as they lie.

The finder was made for upright faces. It finds others too, less surely, and always says that they are
upright. So where it is sure of every face, in the picture or by itself, that is the answer. Otherwise it
looks at the picture in its other three quarter-turns as well, and at each doubtful face by itself in eight
turns: both together it is surest of where the head is upright (docs/detection.md).
"""

from collections.abc import Sequence

import cv2
import numpy as np

from bonaface.detection.base import Detector
from bonaface.detection.fit import fit
from bonaface.detection.refiner import cut_square
from bonaface.geometry import Box, Landmarks, Point
from bonaface.imaging.turn import turned
from bonaface.imaging.types import RgbImage
from bonaface.types import Detection

CERTAIN = 0.92
"""Confidence from which a face is upright: most upright ones have it, no other."""
SURE = 0.9
"""Confidence from which a face is upright or upside down."""
LEAST_UPRIGHT = 0.85
"""Confidence from which a face is upright that is surest upright, looked at by itself."""
LEAST_TURNED = 0.75
"""Confidence that a face needs that is found in a turn in which the picture, it seems, is not upright."""
LEAST_AGAIN = 0.85
"""Confidence with which such a face must be found once more, looked at by itself."""
SIDE = 320
"""Longer side, in pixels, of the picture in its other turns."""
CLOSER_SIDE, MARGIN = 96, 2.0
"""Side, in pixels, of a face looked at by itself, and in longer sides of its box."""
STEP = 45
"""Degrees from one turn of a face to the next."""
DIAGONAL = 2**0.5


class AnyOrientation:
    """A `Detector` whose faces come from `finder`, and whose landmarks tell how each of them lies."""

    def __init__(self, finder: Detector) -> None:
        self._finder = finder

    def detect(self, image: RgbImage) -> tuple[Detection, ...]:
        """See `Detector.detect`. Landmarks are those of the nearest quarter-turn."""
        found = self._finder.detect(image)
        if found and all(self._is_upright(image, face) for face in found):
            return found
        small = fit(image, SIDE)
        looks = [found, *(self._turned(image, small, quarters) for quarters in (1, 2, 3))]
        told = filter(None, (self._as_it_lies(image, *one) for one in _best(looks)))
        return tuple(sorted(told, key=lambda face: face.box.area, reverse=True)) or found

    def warm_up(self) -> None:
        self._finder.warm_up()
        self._finder.detect(np.zeros((CLOSER_SIDE, CLOSER_SIDE, 3), np.uint8))

    def _turned(self, image: RgbImage, small: RgbImage, quarters: int) -> Sequence[Detection]:
        """Faces of the picture turned back by so many quarters, in pixels of the picture."""
        height, width = small.shape[:2]
        across, down = image.shape[1] / width, image.shape[0] / height
        size = (width, height) if quarters == 2 else (height, width)
        found = self._finder.detect(turned(small, -quarters))
        return [_stretched(face.turned(quarters, *size), across, down) for face in found]

    def _as_it_lies(self, image: RgbImage, faces: Sequence[Detection], is_certain: bool) -> Detection | None:
        """The one of `faces`, all of one place and the surest first, that tells how the face lies; none where
        it is neither certain nor found again.
        """
        face = faces[0]
        if face.confidence >= CERTAIN:
            return face
        around = _around(image, face.box)
        sure = [self._confidence(_upright(around, turn * STEP)) for turn in range(360 // STEP)]
        if not is_certain and max(sure) < LEAST_AGAIN:
            return None
        by_look = {other.landmarks.quarters: other for other in reversed(faces)}
        scores = [
            (by_look[quarters].confidence if quarters in by_look else 0.0)
            + max(sure[2 * quarters - 1], sure[2 * quarters], sure[(2 * quarters + 1) % len(sure)])
            for quarters in range(4)
        ]
        quarters = int(np.argmax(scores))
        return by_look.get(quarters) or _lying(face, quarters)

    def _is_upright(self, image: RgbImage, face: Detection) -> bool:
        """Whether that is beyond doubt; upright and upside down are what the finder mixes up most."""
        if not LEAST_UPRIGHT <= face.confidence < CERTAIN:
            return face.confidence >= CERTAIN
        around = _around(image, face.box)
        upright = self._confidence(_upright(around, 0))
        if face.confidence >= SURE:
            return upright >= self._confidence(_upright(around, 180))
        return upright > 0 and all(
            upright >= self._confidence(_upright(around, turn)) for turn in (180, 90, 270)
        )

    def _confidence(self, crop: RgbImage) -> float:
        return max((face.confidence for face in self._finder.detect(crop)), default=0.0)


def _best(looks: Sequence[Sequence[Detection]]) -> list[tuple[list[Detection], bool]]:
    """Faces by place, the surest of a place first, and whether it is certain that it is one.

    looks: what was found in each turn, the picture as it lies first. That one's faces are certain where no
    other turn has a surer one. All others must be quite sure.
    """
    surest = [max((face.confidence for face in look), default=0.0) for look in looks]
    as_it_lies = surest[0] == max(surest)
    faces = [(face, as_it_lies and look is looks[0]) for look in looks for face in look]
    places: list[tuple[list[Detection], bool]] = []
    for face, is_certain in sorted(faces, key=lambda one: one[0].confidence, reverse=True):
        place = next((some for some, _ in places if _in_one_place(face, some[0])), None)
        if place is not None:
            place.append(face)
        elif is_certain or face.confidence >= LEAST_TURNED:
            places.append(([face], is_certain))
    return places


def _in_one_place(face: Detection, other: Detection) -> bool:
    """Whether both are of one face; of the same turn, only one was kept already."""
    is_turned = face.landmarks.quarters != other.landmarks.quarters
    return is_turned and (_holds_middle(face.box, other.box) or _holds_middle(other.box, face.box))


def _holds_middle(box: Box, other: Box) -> bool:
    x, y = (other.x0 + other.x1) / 2, (other.y0 + other.y1) / 2
    return box.x0 < x < box.x1 and box.y0 < y < box.y1


def _stretched(face: Detection, across: float, down: float) -> Detection:
    box = Box(face.box.x0 * across, face.box.y0 * down, face.box.x1 * across, face.box.y1 * down)
    points = (Point(point.x * across, point.y * down) for point in face.landmarks)
    return Detection(box, Landmarks(*points), face.confidence)


def _lying(face: Detection, quarters: int) -> Detection:
    """The face with its landmarks turned about its middle, so that it lies by so many quarters."""
    x, y = (face.box.x0 + face.box.x1) / 2, (face.box.y0 + face.box.y1) / 2
    turns = quarters - face.landmarks.quarters
    points = (point.moved(-x, -y).turned(turns, 0, 0).moved(x, y) for point in face.landmarks)
    return Detection(face.box, Landmarks(*points), face.confidence)


def _around(image: RgbImage, box: Box) -> RgbImage:
    """A square round the face, large enough that `_upright` finds all it needs in it at any turn."""
    side = max(round(DIAGONAL * MARGIN * max(box.width, box.height)), 2)
    left, top = round((box.x0 + box.x1 - side) / 2), round((box.y0 + box.y1 - side) / 2)
    return cut_square(image, left, top, side, round(DIAGONAL * CLOSER_SIDE))


def _upright(around: RgbImage, turn: float) -> RgbImage:
    """The face in the middle of the square, turned anticlockwise by so many degrees."""
    middle = around.shape[0] / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), turn, 1.0)
    matrix[:, 2] += CLOSER_SIDE / 2 - middle
    return np.asarray(cv2.warpAffine(around, matrix, (CLOSER_SIDE, CLOSER_SIDE)), np.uint8)
