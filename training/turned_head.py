"""A portrait put onto a smooth head in three dimensions and turned: faces whose pose is known.

To learn from and to test with.

The head is an ellipsoid of the size of an adult's (breadth 152 mm, length 195 mm, height 240 mm) with a
bump for the nose. Its shape comes from those figures alone; it knows nothing of the five-point model that
the pose estimate uses.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.geometry import Landmarks

Plane = NDArray[np.float64]
Pixels = NDArray[np.uint8]
_SIDE, _PIXELS_A_MILLIMETRE, _STEPS = 264, 0.8, 110
_BACKGROUND = (128, 128, 128)


@dataclass(frozen=True, slots=True)
class Head:
    """Half axes of the ellipsoid and the nose's height and spread, in millimetres."""

    half_width: float = 76.0
    half_height: float = 120.0
    half_length: float = 97.0
    nose: float = 18.0
    nose_spread: float = 11.0

    def depth(self, x: Plane, y: Plane) -> Plane:
        """Height towards the camera over (x, y), millimetres from the nose; not a number beside the head."""
        inside = 1 - (x / self.half_width) ** 2 - (y / self.half_height) ** 2
        skull = self.half_length * np.sqrt(np.where(inside >= 0, inside, np.nan))
        bridge, tip = np.minimum(y + 12, 0) ** 2 / 9, np.maximum(y, 0) ** 2
        bump = np.exp(-(x**2 + bridge + tip) / 2 / self.nose_spread**2)
        return np.asarray(skull + self.nose * bump)


def rotation(yaw: float, pitch: float, roll: float = 0.0) -> Plane:
    """roll(z) yaw(y) pitch(x) in degrees; axes x right, y down, z to the camera; pitch > 0 looks up."""
    a, b, c = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)


def sight(yaw: float, pitch: float, head: Head) -> Plane:
    """What each pixel of a picture of the turned head shows: 2 x 264 x 264, millimetres from the nose in the
    portrait's plane; not a number beside the head."""
    y, x = (np.mgrid[:_SIDE, :_SIDE] - _SIDE / 2) / _PIXELS_A_MILLIMETRE
    return _first_hits(x, y, rotation(yaw, pitch), head)


def turned(
    portrait: Pixels, landmarks: Landmarks, yaw: float, pitch: float, head: Head | None = None
) -> Pixels:
    """The face of a frontal portrait on a head turned by yaw and pitch degrees, seen from far away.

    portrait: H x W x 3, uint8; landmarks: of its face. 264 x 264 x 3, uint8, 0.8 pixels a millimetre.
    """
    return seen(portrait, landmarks, sight(yaw, pitch, head or Head()), _BACKGROUND)


def seen(portrait: Pixels, landmarks: Landmarks, hit: Plane, background: tuple[int, int, int]) -> Pixels:
    """The portrait as `sight` sees it, before a background of one colour."""
    scale = _pixels_a_millimetre(landmarks)
    map_x = np.nan_to_num(landmarks.nose.x + hit[0] * scale, nan=-1e4).astype(np.float32)
    map_y = np.nan_to_num(landmarks.nose.y + hit[1] * scale, nan=-1e4).astype(np.float32)
    picture = cv2.remap(
        portrait, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=background
    )
    return np.asarray(picture, dtype=np.uint8)


def projected(landmarks: Landmarks, yaw: float, pitch: float, head: Head) -> Plane:
    """Where the portrait's landmarks are in the picture of the turned head: 5 x 2 (x, y), in pixels."""
    points = np.array([(p.x - landmarks.nose.x, p.y - landmarks.nose.y) for p in landmarks])
    points = points / _pixels_a_millimetre(landmarks)
    depth = head.depth(points[:, 0], points[:, 1])
    moved = np.column_stack([points, depth]) @ rotation(yaw, pitch).T
    return np.asarray(moved[:, :2] * _PIXELS_A_MILLIMETRE + _SIDE / 2)


def _pixels_a_millimetre(landmarks: Landmarks) -> float:
    """Of a frontal portrait: an adult's eyes are 63 mm apart."""
    eyes = (landmarks.left_eye, landmarks.right_eye)
    return float(np.hypot(eyes[1].x - eyes[0].x, eyes[1].y - eyes[0].y)) / 63.0


def _first_hits(x: Plane, y: Plane, turn: Plane, head: Head) -> Plane:
    """Where each line of sight meets the turned head first: 2 x H x W in the head's own plane, or nan."""
    hit = np.full((2, *x.shape), np.nan)
    far = head.half_length + head.nose + 10
    for z in np.linspace(far, -far, _STEPS):
        point = np.einsum("ij,jhw->ihw", turn.T, np.stack([x, y, np.full_like(x, z)]))
        within = (point[2] >= 0) & (point[2] <= np.nan_to_num(head.depth(point[0], point[1]), nan=-1.0))
        new = within & np.isnan(hit[0])
        hit[:, new] = point[:2, new]
    return hit
