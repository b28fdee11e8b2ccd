"""Turned faces: landmarks go where their pixels go, and the box is the teacher's."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from training.patches import FACE, KEPT, Patches, make_patches, turned

from bonaface.detection.base import Detector
from bonaface.geometry import Box, Landmarks, Point
from bonaface.imaging.types import RgbImage
from bonaface.types import Detection

POINTS = np.array([[130, 80], [170, 80], [150, 100], [135, 120], [165, 120]], np.float32)
BOX = np.array([110, 55, 190, 143], np.float32)


class Teacher:
    """Finds the one box that it is told, in the middle of what it sees, or nothing."""

    def __init__(self, side: float | None) -> None:
        self._side = side

    def detect(self, image: RgbImage) -> tuple[Detection, ...]:
        if self._side is None:
            return ()
        y, x = image.shape[0] / 2, image.shape[1] / 2
        half = self._side / 2
        return (Detection(Box(x - half, y - half, x + half, y + half), Landmarks(*[Point(x, y)] * 5), 0.9),)

    def warm_up(self) -> None:
        """Nothing to warm."""


@pytest.fixture
def teacher() -> Detector:
    return Teacher(FACE)


@pytest.fixture
def picture() -> RgbImage:
    """Grey, with a bright spot at each landmark."""
    image = np.full((240, 320, 3), 60, np.uint8)
    for x, y in POINTS.astype(int).tolist():
        cv2.circle(image, (x, y), 3, (250, 250, 250), -1)
    return image


@pytest.mark.parametrize("angle", [-50.0, -20.0, 0.0, 20.0, 50.0])
def test_landmarks_are_where_their_pixels_are(picture: RgbImage, teacher: Detector, angle: float) -> None:
    patch = turned(picture, BOX, POINTS, angle, teacher)
    assert patch is not None
    image, box, points = patch
    assert image.shape == (KEPT, KEPT, 3)
    assert all(image[round(float(y)), round(float(x))].mean() > 150 for x, y in points)
    across = points[1] - points[0]
    assert np.degrees(np.arctan2(across[1], across[0])) == pytest.approx(angle, abs=0.5)
    assert box.tolist() == pytest.approx([KEPT / 2 - FACE / 2] * 2 + [KEPT / 2 + FACE / 2] * 2)


def test_a_large_face_is_shrunk_before_it_is_turned(picture: RgbImage, teacher: Detector) -> None:
    large = cv2.resize(picture, None, fx=4, fy=4, interpolation=cv2.INTER_NEAREST)
    one = turned(np.asarray(large, np.uint8), BOX * 4, POINTS * 4, 10, teacher)
    other = turned(picture, BOX, POINTS, 10, teacher)
    assert one is not None
    assert other is not None
    np.testing.assert_allclose(one[2], other[2], atol=0.5)
    assert np.abs(one[0].astype(int) - other[0]).mean() < 3


@pytest.mark.parametrize("side", [None, 12.0])
def test_what_the_teacher_loses_is_left_out(picture: RgbImage, side: float | None) -> None:
    assert turned(picture, BOX, POINTS, 30, Teacher(side)) is None


def test_patches_of_images_can_be_kept(tmp_path: Path) -> None:
    patches = Patches(
        np.arange(2 * 4 * 4 * 3, dtype=np.uint8).reshape(2, 4, 4, 3),
        np.ones((2, 4), np.float32),
        np.ones((2, 5, 2), np.float32),
    )
    patches.save(tmp_path / "kept" / "patches.npz")
    again = Patches.load(tmp_path / "kept" / "patches.npz")
    np.testing.assert_array_equal(again.images, patches.images)
    np.testing.assert_array_equal(again.points, patches.points)


def test_nothing_found_nothing_made() -> None:
    made = make_patches([], Teacher(None), seed=1)
    assert len(made.images) == len(made.boxes) == len(made.points) == 0
