from dataclasses import replace

import numpy as np
import pytest

from bonaface.evaluation.skin import band, typology_angle
from bonaface.geometry import Landmarks, Point
from bonaface.imaging.types import RgbImage
from support.models.scores import FACE


def _rgb(lightness: float, red: float, yellow: float) -> RgbImage:
    """sRGB of a CIELAB colour under D65, from the definitions (CIE 15, IEC 61966-2-1)."""
    middle = (lightness + 16) / 116
    cubes = np.array([middle + red / 500, middle, middle - yellow / 200])
    ratios = np.where(cubes > 6 / 29, cubes**3, 3 * (6 / 29) ** 2 * (cubes - 4 / 29))
    to_rgb = [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]
    linear = np.clip(np.array(to_rgb) @ (ratios * [0.95047, 1.0, 1.08883]), 0, 1)
    display = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray((display * 255).round(), dtype=np.uint8)


def _skin(lightness: float, yellow: float) -> RgbImage:
    """200 x 200 pixels of one CIELAB colour, white where the face's eyes and lips are."""
    image = np.full((200, 200, 3), _rgb(lightness, 12.0, yellow))
    for mark in FACE.landmarks:
        image[int(mark.y) - 8 : int(mark.y) + 8, int(mark.x) - 8 : int(mark.x) + 8] = 255
    return image


@pytest.mark.parametrize(
    ("lightness", "yellow", "name"),
    [
        (75, 15, "very light"),
        (66, 16, "light"),
        (60, 14, "intermediate"),
        (55, 16, "tan"),
        (45, 16, "brown"),
        (30, 14, "dark"),
    ],
)
def test_the_angle_is_that_of_the_colour_of_the_cheeks(lightness: float, yellow: float, name: str) -> None:
    angle = typology_angle(_skin(lightness, yellow), FACE)
    assert angle == pytest.approx(np.degrees(np.arctan((lightness - 50) / yellow)), abs=2.0)
    assert band(angle) == name


def test_band_edges() -> None:
    assert [band(angle) for angle in (90.0, 55.1, 55.0, 41.0, 28.0, 10.0, -30.0, -90.0)] == [
        "very light",
        "very light",
        "light",
        "intermediate",
        "tan",
        "brown",
        "dark",
        "dark",
    ]


@pytest.mark.parametrize("grey", [20, 128, 255])
def test_a_grey_picture_tells_no_tone(grey: int) -> None:
    assert np.isnan(typology_angle(np.full((200, 200, 3), grey, np.uint8), FACE))


def test_cheeks_outside_the_image_tell_no_tone() -> None:
    away = Landmarks(*(Point(mark.x + 500, mark.y) for mark in FACE.landmarks))
    half = Landmarks(*(Point(mark.x - 95, mark.y) for mark in FACE.landmarks))
    image = _skin(60, 14)

    assert np.isnan(typology_angle(image, replace(FACE, landmarks=away)))
    assert not np.isnan(typology_angle(image, replace(FACE, landmarks=half)))
