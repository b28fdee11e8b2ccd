"""Faces turned to the side, up or down: there are few in the images, so frontal ones are put onto a head."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from bonaface.detection.base import Detector
from bonaface.imaging.types import RgbImage
from bonaface.quality.pose import estimate_pose
from bonaface.types import Detection
from training.data import Sample, read_image
from training.faces import found_by
from training.patches import FACE, KEPT, Patch, Patches, nearest, patches_of
from training.turned_head import Head, Plane, projected, seen, sight

_POSES = 160
_COPIES = 3
_SMALLEST = 70.0
_FRONTAL = 14.0


def make_synthetic_poses(samples: Sequence[Sample], teacher: Detector, seed: int) -> Patches:
    """Three turned copies of the largest face of each image that looks at the camera, but those in which the
    teacher loses it."""
    rng = np.random.default_rng((seed, 1))
    poses = [_pose(rng) for _ in range(_POSES)]
    return patches_of(
        [patch for sample in samples for patch in _copies(read_image(sample), teacher, poses, rng)]
    )


_Pose = tuple[float, float, Head, Plane]


def _pose(rng: np.random.Generator) -> _Pose:
    """Yaw up to 85 degrees, pitch up to 50, on a head of one's own."""
    yaw = float(rng.uniform(10, 85) * rng.choice([-1, 1]) if rng.random() < 0.8 else rng.uniform(-15, 15))
    pitch = float(rng.normal(0, 10) if rng.random() < 0.7 else rng.uniform(-50, 50))
    head = Head(
        half_width=float(rng.uniform(70, 84)),
        half_height=float(rng.uniform(110, 135)),
        half_length=float(rng.uniform(86, 104)),
        nose=float(rng.uniform(12, 22)),
    )
    return yaw, pitch, head, sight(yaw, pitch, head)


def _copies(
    image: RgbImage, teacher: Detector, poses: Sequence[_Pose], rng: np.random.Generator
) -> Iterator[Patch]:
    face = next(iter(teacher.detect(image)), None)
    if face is None or not _is_frontal(face):
        return
    for index in rng.choice(len(poses), _COPIES, replace=False):
        patch = _turned(image, face, poses[int(index)], teacher, rng)
        if patch is not None:
            yield patch


def _is_frontal(face: Detection) -> bool:
    pose = estimate_pose(face.landmarks)
    return (
        max(face.box.width, face.box.height) >= _SMALLEST
        and max(abs(pose.yaw), abs(pose.pitch), abs(pose.roll)) < _FRONTAL
    )


def _turned(
    image: RgbImage, face: Detection, pose: _Pose, teacher: Detector, rng: np.random.Generator
) -> Patch | None:
    yaw, pitch, head, hit = pose
    red, green, blue = rng.integers(0, 256, 3).tolist()
    picture = seen(image, face.landmarks, hit, (red, green, blue))
    points = projected(face.landmarks, yaw, pitch, head).astype(np.float32)
    box = nearest(found_by(teacher, picture), points, side=120.0)
    if box is None or not np.isfinite(points).all():
        return None
    middle, scale = (box[:2] + box[2:]) / 2, FACE / float(max(box[2:] - box[:2]))
    matrix = np.column_stack([np.eye(2) * scale, KEPT / 2 - middle * scale])
    patch = cv2.warpAffine(picture, matrix, (KEPT, KEPT), borderMode=cv2.BORDER_REPLICATE)
    return (
        np.asarray(patch, np.uint8),
        np.asarray((box.reshape(2, 2) - middle) * scale + KEPT / 2, np.float32).ravel(),
        np.asarray((points - middle) * scale + KEPT / 2, np.float32),
    )
