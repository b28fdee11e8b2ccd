"""What one frame is compared with others by: the picture, small, and the face, put upright at one size.

Neither tells who somebody is. The same scene in the next moment is another picture: hands, heads and sensors
are never quite still. The same face in the next moment looks alike at this size, in the same light and
place; another one does not, mostly (docs/liveness.md has the figures).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.imaging.picture import View
from bonaface.types import Detection

PICTURE_SIDE = 64
FACE_SIDE = 64
_PLACES = np.array([[0.30, 0.35], [0.70, 0.35], [0.50, 0.55], [0.34, 0.75], [0.66, 0.75]]) * FACE_SIDE
"""Where eyes, nose and corners of the mouth are put (x, y)."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Descriptor:
    """A frame: luma of its picture, 64 x 64; luma of its face, 64 x 64, standardized, none without a face."""

    picture: Floats
    face: Floats | None


def describe(overview: View, face: Detection | None) -> Descriptor:
    """A frame by its overview; face: in pixels of the full image."""
    grey = np.asarray(cv2.cvtColor(overview.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    small = cv2.resize(grey, (PICTURE_SIDE, PICTURE_SIDE), interpolation=cv2.INTER_AREA)
    picture = np.asarray(small, np.float64)
    return Descriptor(
        picture, None if face is None else _standardized(_aligned(grey, overview.face_in(face)))
    )


def picture_distance(one: Descriptor, other: Descriptor) -> float:
    """Mean levels of luma (0..255) by which two pictures differ."""
    return float(np.abs(one.picture - other.picture).mean())


def face_likeness(one: Floats, other: Floats) -> float:
    """Correlation, -1..1, of two faces."""
    return float((one * other).mean())


def _aligned(grey: NDArray[np.uint8], face: Detection) -> NDArray[np.uint8]:
    """The face turned, scaled and moved so that its landmarks are nearest to their places."""
    points = np.array([(point.x, point.y) for point in face.landmarks])
    own, places = points - points.mean(axis=0), _PLACES - _PLACES.mean(axis=0)
    size = max(float((own * own).sum()), 1e-9)
    along = float((own * places).sum()) / size
    across = float((own[:, 0] * places[:, 1] - own[:, 1] * places[:, 0]).sum()) / size
    turn = np.array([[along, -across], [across, along]])
    shift = _PLACES.mean(axis=0) - turn @ points.mean(axis=0)
    matrix = np.column_stack([turn, shift])
    warped = cv2.warpAffine(grey, matrix, (FACE_SIDE, FACE_SIDE), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)


def _standardized(face: NDArray[np.uint8]) -> Floats:
    """Mean 0 and standard deviation 1; zeros where it is flat."""
    values = face.astype(np.float64)
    values -= values.mean()
    spread = values.std()
    return np.asarray(values / spread if spread > 0 else values, np.float64)
