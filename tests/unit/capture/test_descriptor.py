"""What frames are compared by."""

import numpy as np
import pytest

from bonaface.capture.descriptor import Descriptor, describe, face_likeness, picture_distance
from bonaface.geometry import Box, Landmarks, Point
from bonaface.imaging.picture import View
from bonaface.imaging.types import RgbImage
from bonaface.types import Detection

FACE = Detection(
    Box(60, 50, 140, 150),
    Landmarks(Point(80, 90), Point(120, 90), Point(100, 110), Point(84, 130), Point(116, 130)),
    0.9,
)


def scene(seed: int) -> RgbImage:
    """Soft blobs: 200 x 200."""
    coarse = np.random.default_rng(seed).integers(0, 255, (10, 10, 1))
    return np.asarray(np.kron(coarse, np.ones((20, 20, 3))), np.uint8)


def described(image: RgbImage, face: Detection | None = FACE) -> Descriptor:
    return describe(View(np.ascontiguousarray(image), 1), face)


def likeness(one: Descriptor, other: Descriptor) -> float:
    assert one.face is not None
    assert other.face is not None
    return face_likeness(one.face, other.face)


def test_the_same_picture_is_no_distance_and_lighter_ones_are_as_far_as_they_are_lighter() -> None:
    image = scene(1) // 2
    assert picture_distance(described(image), described(image)) == 0
    assert picture_distance(described(image), described(image + 10)) == pytest.approx(10)


def test_a_face_is_as_like_itself_when_it_is_moved_turned_or_in_other_light() -> None:
    image = scene(1)
    own = described(image)
    assert likeness(own, own) == pytest.approx(1)
    quarter = described(np.rot90(image, -1), FACE.turned(1, 200, 200))
    assert likeness(own, quarter) > 0.9
    moved = described(np.roll(image, (20, 10), (0, 1)), FACE.moved(10, 20))
    assert likeness(own, moved) > 0.95
    assert likeness(own, described(image // 2 + 40)) > 0.95


def test_another_face_is_not_like_it() -> None:
    assert abs(likeness(described(scene(1)), described(scene(2)))) < 0.4


def test_a_flat_face_is_like_nothing_and_no_face_has_none() -> None:
    flat = described(np.full((200, 200, 3), 90, np.uint8))
    assert likeness(flat, described(scene(1))) == 0
    assert described(scene(1), None).face is None
