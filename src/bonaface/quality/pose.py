"""Head pose from five landmarks.

Method: scaled orthographic projection of a rigid five-point head model (DeMenthon and Davis,
*Model-Based Object Pose in 25 Lines of Code*, 1995, first step of POSIT). The 2 x 3 matrix that maps the
model onto the landmarks in the least-squares sense is replaced by the nearest pair of orthonormal rows;
these are the first two rows of the rotation. Closed form, a few microseconds, no camera needed.

The model is an average adult head; people differ from it, and so does every single estimate:
`ESTIMATE_ERROR` is the margin that callers must grant (docs/pose.md).
"""

import numpy as np
from numpy.typing import NDArray

from bonaface.geometry import Landmarks
from bonaface.types import Pose

HEAD_MODEL: NDArray[np.float64] = np.array(
    [
        [-31.5, -34.6, -27.0],
        [31.5, -34.6, -27.0],
        [0.0, 0.0, 0.0],
        [-26.1, 26.7, -20.0],
        [26.1, 26.7, -20.0],
    ]
)
"""Left eye, right eye, nose tip, left and right lip corner in mm: x to the image's right, y down, z to
the camera. Eye distance 63 mm; across and down: the median layout that CenterFace gives for 460 faces
that look at the camera; depths: an average adult face."""

ESTIMATE_ERROR = 12.0
"""Degrees: an estimate this far over a limit may still belong to a face within it.

Measured (tests/system/accuracy/test_pose.py) on heads of four shapes turned by up to 45 degrees: the estimate
goes beyond the truth by 9 degrees at most where the landmarks are right, and by no more with those that are
found. The rest is for people unlike these heads.
"""


def estimate_pose(landmarks: Landmarks) -> Pose:
    """Yaw, pitch and roll in degrees of the head whose five landmarks these are."""
    points = np.array([(point.x, point.y) for point in landmarks], dtype=np.float64)
    model = HEAD_MODEL - HEAD_MODEL.mean(axis=0)
    projection = np.linalg.lstsq(model, points - points.mean(axis=0), rcond=None)[0].T
    return _angles(_nearest_rotation(projection))


def _nearest_rotation(projection: NDArray[np.float64]) -> NDArray[np.float64]:
    """The 3 x 3 rotation whose first two rows are nearest to the 2 x 3 matrix up to scale."""
    left, _, right = np.linalg.svd(projection, full_matrices=False)
    rows = left @ right
    return np.vstack([rows, np.cross(rows[0], rows[1])])


def _angles(rotation: NDArray[np.float64]) -> Pose:
    """Angles of R = roll(z) yaw(y) pitch(x): a picture that is turned in its plane changes roll alone."""
    roll = np.arctan2(rotation[1, 0], rotation[0, 0])
    yaw = np.arcsin(np.clip(-rotation[2, 0], -1.0, 1.0))
    pitch = np.arctan2(rotation[2, 1], rotation[2, 2])
    return Pose(*(float(angle) for angle in np.degrees([yaw, pitch, roll])))
