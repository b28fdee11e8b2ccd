"""The pose estimate on faces that the real detector found, turned by known angles.

In the plane the portrait itself is turned; out of it, its face on a head in three dimensions
(training.turned_head). docs/pose.md states the figures that these limits hold.
"""

import cv2
import numpy as np
import pytest
from training.turned_head import Head, projected, turned

from bonaface import Analyzer
from bonaface.geometry import Landmarks, Point
from bonaface.imaging.types import RgbImage
from bonaface.quality.pose import ESTIMATE_ERROR, estimate_pose
from bonaface.quality.reasons import surely_turned
from bonaface.settings import FaceSettings
from bonaface.types import Face, Reason

LIMIT = FaceSettings().max_angle
PORTRAIT = Landmarks(Point(203, 100), Point(248, 100), Point(225, 124), Point(204, 144), Point(243, 144))
"""Where a person sees them."""
HEADS = [Head(), Head(nose=12, half_length=88), Head(nose=20, half_width=80), Head(half_height=135, nose=15)]


@pytest.fixture(scope="module")
def frontal(analyzer: Analyzer, portrait_pixels: RgbImage) -> Face:
    (face,) = analyzer.analyze(portrait_pixels).faces
    return face


def _turned(analyzer: Analyzer, portrait: RgbImage, face: Face, yaw: float, pitch: float) -> tuple[Face, ...]:
    return analyzer.analyze(turned(portrait, face.landmarks, yaw, pitch)).faces


def _projected(head: Head, yaw: float, pitch: float) -> Landmarks:
    """Where the landmarks of the portrait are when it is put onto this head and turned: no detector."""
    points = projected(PORTRAIT, yaw, pitch, head)
    return Landmarks(*(Point(x, y) for x, y in points.tolist()))


def test_the_portrait_looks_at_the_camera(frontal: Face) -> None:
    assert abs(frontal.pose.yaw) < 5
    assert abs(frontal.pose.pitch) < 5
    assert abs(frontal.pose.roll) < 5


@pytest.mark.parametrize("angle", [-30, -20, -10, 10, 20, 30])
def test_roll_of_the_portrait_turned_in_its_plane(
    analyzer: Analyzer, portrait_pixels: RgbImage, angle: int
) -> None:
    turn = cv2.getRotationMatrix2D((224.0, 124.0), -angle, 1.0)  # OpenCV turns counter-clockwise
    image = cv2.warpAffine(portrait_pixels, turn, (512, 512), borderMode=cv2.BORDER_REFLECT_101)
    face = analyzer.analyze(np.asarray(image, np.uint8)).faces[0]
    assert face.pose.roll == pytest.approx(angle, abs=7)
    assert abs(face.pose.yaw) < 14
    assert abs(face.pose.pitch) < 12
    assert Reason.TURNED_AWAY not in face.reasons


def test_the_head_at_rest_is_the_portrait(
    analyzer: Analyzer, portrait_pixels: RgbImage, frontal: Face
) -> None:
    (face,) = _turned(analyzer, portrait_pixels, frontal, 0, 0)
    assert abs(face.pose.yaw) < 5
    assert abs(face.pose.pitch) < 12
    assert abs(face.pose.roll) < 6


@pytest.mark.parametrize("yaw", [-45, -35, -30, -15, 15, 30, 35, 45])
def test_yaw_within_ten_degrees(
    analyzer: Analyzer, portrait_pixels: RgbImage, frontal: Face, yaw: int
) -> None:
    (face,) = _turned(analyzer, portrait_pixels, frontal, yaw, 0)
    assert face.pose.yaw == pytest.approx(yaw, abs=10)
    assert Reason.TURNED_AWAY not in face.reasons


@pytest.mark.parametrize("pitch", [-45, -35, -20, 20, 35, 45])
def test_pitch_within_ten_degrees(
    analyzer: Analyzer, portrait_pixels: RgbImage, frontal: Face, pitch: int
) -> None:
    (face,) = _turned(analyzer, portrait_pixels, frontal, 0, pitch)
    assert face.pose.pitch == pytest.approx(pitch, abs=10)
    assert Reason.TURNED_AWAY not in face.reasons


@pytest.mark.parametrize(
    ("yaw", "pitch"), [(45, 0), (-45, 0), (0, 45), (0, -45), (35, 35), (-35, 35), (35, -35), (-35, -35)]
)
def test_no_face_within_the_limit_is_ever_marked(
    analyzer: Analyzer, portrait_pixels: RgbImage, frontal: Face, yaw: int, pitch: int
) -> None:
    for face in _turned(analyzer, portrait_pixels, frontal, yaw, pitch):
        assert max(abs(face.pose.yaw), abs(face.pose.pitch)) < LIMIT + ESTIMATE_ERROR
        assert Reason.TURNED_AWAY not in face.reasons


@pytest.mark.parametrize("yaw", [-80, -75, 60, -60, 75, 80])
def test_a_face_far_beyond_the_limit_is_lost_or_reads_beyond_48_degrees(
    analyzer: Analyzer, portrait_pixels: RgbImage, frontal: Face, yaw: int
) -> None:
    for face in _turned(analyzer, portrait_pixels, frontal, yaw, 0):
        assert face.pose.yaw * np.sign(yaw) > 48


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("angle", [-35, -30, -15, 15, 30, 35, 45, -45])
def test_other_heads_are_within_the_error_where_the_landmarks_are_right(head: Head, angle: int) -> None:
    sideways = estimate_pose(_projected(head, angle, 0))
    upwards = estimate_pose(_projected(head, 0, angle))
    assert sideways.yaw == pytest.approx(angle, abs=ESTIMATE_ERROR)
    assert upwards.pitch == pytest.approx(angle, abs=ESTIMATE_ERROR)
    assert not surely_turned(sideways, LIMIT)
    assert not surely_turned(upwards, LIMIT)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize(("yaw", "pitch"), [(70, 0), (-70, 0), (0, 70), (0, -70)])
def test_other_heads_at_70_degrees_are_marked_where_the_landmarks_are_right(
    head: Head, yaw: int, pitch: int
) -> None:
    assert surely_turned(estimate_pose(_projected(head, yaw, pitch)), LIMIT)
