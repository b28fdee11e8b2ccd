"""Skin tone of a face in a photograph, as far as a photograph can tell it.

Individual typology angle: ITA = arctan((L* - 50) / b*) in degrees, CIELAB under D65, in the bands of Chardon,
Cretois and Hourseau (1991) as Del Bino and Bernerd (2013) name them. Measured on both cheeks. A photograph's
light and white balance move it by tens of degrees: bands of a data set are a hint, never a person's skin.
"""

from math import atan2, degrees

import cv2
import numpy as np

from bonaface.geometry import Point
from bonaface.imaging.types import RgbImage
from bonaface.types import Detection

BANDS = (
    ("very light", 55.0),
    ("light", 41.0),
    ("intermediate", 28.0),
    ("tan", 10.0),
    ("brown", -30.0),
    ("dark", -90.0),
)
"""Band and the angle in degrees that it lies above, lightest first."""

_PATCH = 0.06
"""Half a side of a cheek patch over the width of the face."""

_LEAST_YELLOW = 1.0
"""Under this b* the angle says nothing about skin."""


def band(angle: float) -> str:
    """The band of an angle in degrees."""
    return next(name for name, above in BANDS if angle > above or name == BANDS[-1][0])


def typology_angle(image: RgbImage, face: Detection) -> float:
    """ITA in degrees of the cheeks of a face of an H x W x 3 uint8 RGB image.

    NaN where the image shows no cheek or no skin colour: grey pictures, and light so blue that b* vanishes.
    """
    marks = face.landmarks
    half = max(face.box.width * _PATCH, 1.0)
    cheeks = (_between(marks.left_eye, marks.left_lip), _between(marks.right_eye, marks.right_lip))
    patches = [patch for cheek in cheeks if (patch := _patch(image, cheek, half)).size]
    if not patches:
        return float("nan")
    pixels = np.concatenate([patch.reshape(-1, 3) for patch in patches])
    lab = cv2.cvtColor((pixels[None] / 255).astype(np.float32), cv2.COLOR_RGB2LAB)[0]
    lightness, _, yellow = (float(value) for value in np.median(lab, axis=0))
    return degrees(atan2(lightness - 50, yellow)) if yellow >= _LEAST_YELLOW else float("nan")


def _between(eye: Point, lip: Point) -> Point:
    """A little nearer to the lips than to the eye, clear of the lower lid."""
    return Point(0.4 * eye.x + 0.6 * lip.x, 0.4 * eye.y + 0.6 * lip.y)


def _patch(image: RgbImage, centre: Point, half: float) -> RgbImage:
    height, width = image.shape[:2]
    x0, x1 = max(int(centre.x - half), 0), min(int(centre.x + half) + 1, width)
    y0, y1 = max(int(centre.y - half), 0), min(int(centre.y + half) + 1, height)
    return image[y0:y1, x0:x1] if x0 < x1 and y0 < y1 else image[:0]
