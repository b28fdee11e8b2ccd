"""Poses recovered from projections of the head model itself; on faces: tests/system/accuracy/test_pose.py."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from training.turned_head import rotation

from bonaface.geometry import Landmarks, Point
from bonaface.quality.pose import HEAD_MODEL, estimate_pose
from bonaface.types import Pose

turn = st.floats(-60, 60)
roll_angle = st.floats(-179, 179)


def _landmarks(points: NDArray[np.float64]) -> Landmarks:
    return Landmarks(*(Point(float(x), float(y)) for x, y in points))


def _far(yaw: float, pitch: float, roll: float, scale: float = 1.0) -> NDArray[np.float64]:
    """Scaled orthographic projection of the head model, 5 x 2."""
    return np.asarray(scale * (HEAD_MODEL @ rotation(yaw, pitch, roll).T)[:, :2])


def _near(yaw: float, pitch: float, distance: float) -> NDArray[np.float64]:
    """The same seen by a pinhole camera `distance` millimetres from the nose."""
    points = HEAD_MODEL @ rotation(yaw, pitch).T
    return np.asarray(points[:, :2] * (distance / (distance - points[:, 2:])))


def _angles(pose: Pose) -> list[float]:
    return [pose.yaw, pose.pitch, pose.roll]


@given(turn, turn, roll_angle, st.floats(0.05, 40), st.floats(-4000, 4000), st.floats(-4000, 4000))
def test_exact_on_scaled_orthographic_projections(
    yaw: float, pitch: float, roll: float, scale: float, x: float, y: float
) -> None:
    pose = estimate_pose(_landmarks(_far(yaw, pitch, roll, scale) + np.array([x, y])))
    assert _angles(pose) == pytest.approx([yaw, pitch, roll], abs=1e-6)


@given(turn, turn, roll_angle)
def test_a_picture_turned_in_its_plane_changes_roll_alone(yaw: float, pitch: float, roll: float) -> None:
    upright = estimate_pose(_landmarks(_far(yaw, pitch, 0)))
    rolled = estimate_pose(_landmarks(_far(yaw, pitch, roll)))
    assert [rolled.yaw, rolled.pitch] == pytest.approx([upright.yaw, upright.pitch], abs=1e-6)


@given(turn, turn, st.floats(-60, 60))
def test_a_mirrored_face_turns_and_tilts_the_other_way(yaw: float, pitch: float, roll: float) -> None:
    mirrored = _far(yaw, pitch, roll)[[1, 0, 2, 4, 3]] * [-1, 1]
    assert _angles(estimate_pose(_landmarks(mirrored))) == pytest.approx([-yaw, pitch, -roll], abs=1e-6)


@given(st.floats(-45, 45), st.floats(-45, 45), st.floats(400, 3000))
def test_a_camera_at_arms_length_costs_seven_degrees_at_most(
    yaw: float, pitch: float, distance: float
) -> None:
    pose = estimate_pose(_landmarks(_near(yaw, pitch, distance)))
    assert abs(pose.yaw - yaw) < 7
    assert abs(pose.pitch - pitch) < 7


SIGNS: list[tuple[Point, str, int]] = [
    (Point(58, 50), "yaw", 1),
    (Point(42, 50), "yaw", -1),
    (Point(50, 40), "pitch", 1),
    (Point(50, 62), "pitch", -1),
]


@pytest.mark.parametrize(("nose", "angle", "sign"), SIGNS)
def test_signs(nose: Point, angle: str, sign: int) -> None:
    """Nose towards the image's right: yaw > 0; nose up: pitch > 0."""
    landmarks = Landmarks(Point(35, 30), Point(65, 30), nose, Point(38, 70), Point(62, 70))
    assert getattr(estimate_pose(landmarks), angle) * sign > 8


def test_roll_is_positive_when_the_head_tilts_clockwise() -> None:
    landmarks = Landmarks(Point(38, 25), Point(66, 36), Point(49, 50), Point(30, 62), Point(53, 71))
    assert estimate_pose(landmarks).roll == pytest.approx(21.4, abs=2)


def test_a_head_upside_down_is_rolled_by_180_degrees() -> None:
    assert abs(estimate_pose(_landmarks(_far(0, 0, 180))).roll) == pytest.approx(180)


@pytest.mark.parametrize(
    "points", [np.zeros((5, 2)), np.full((5, 2), 7.0), np.array([[i, i] for i in range(5)])]
)
def test_landmarks_without_extent_still_give_finite_angles(points: NDArray[np.float64]) -> None:
    assert np.isfinite(_angles(estimate_pose(_landmarks(points)))).all()
