"""Light from behind."""

import numpy as np
import pytest

from bonaface.geometry import Box
from bonaface.quality.backlight import backlight

BOX = Box(50, 50, 100, 110)


def scene(face: int, around: int) -> np.ndarray:
    image = np.full((160, 150, 3), around, np.uint8)
    image[50:110, 50:100] = face
    return image


@pytest.mark.parametrize(("face", "around"), [(40, 200), (200, 40), (120, 120)])
def test_by_how_much_it_is_lighter_around(face: int, around: int) -> None:
    assert backlight(scene(face, around), BOX) == pytest.approx(around - face)


def test_only_what_is_near_counts() -> None:
    image = scene(40, 40)
    image[:, :20] = 255
    image[:15] = 255
    assert backlight(image, BOX) == pytest.approx(0)


def test_a_face_at_the_border_is_held_against_what_is_there() -> None:
    assert backlight(scene(40, 200)[50:, 50:], Box(0, 0, 50, 60)) == pytest.approx(160)


def test_a_face_with_nothing_around_it_is_not_lit_from_behind() -> None:
    assert backlight(scene(40, 200)[50:110, 50:100], Box(0, 0, 50, 60)) == 0
