"""What the detector's teacher sees: boxes and landmarks of every face of every image that may train."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.detection.base import Detector
from bonaface.imaging.types import RgbImage
from training.data import Sample, read_image

_LONGEST = 480


@dataclass(frozen=True, slots=True)
class Faces:
    """boxes: N x 4 (x0, y0, x1, y1); points: N x 5 x 2 (x, y); float32, in pixels of the image."""

    boxes: NDArray[np.float32]
    points: NDArray[np.float32]

    def scaled(self, x: float, y: float) -> "Faces":
        """For an image stretched by these factors."""
        ratio = np.array([x, y], np.float32)
        return Faces(self.boxes * np.tile(ratio, 2), self.points * ratio)

    def moved(self, x: float, y: float) -> "Faces":
        """For an image put at this place of another."""
        step = np.array([x, y], np.float32)
        return Faces(self.boxes + np.tile(step, 2), self.points + step)

    def mirrored(self, width: float) -> "Faces":
        """For an image `width` pixels wide whose left and right are swapped."""
        boxes = self.boxes[:, [2, 1, 0, 3]].copy()
        boxes[:, [0, 2]] = width - boxes[:, [0, 2]]
        points = self.points[:, [1, 0, 2, 4, 3]].copy()
        points[:, :, 0] = width - points[:, :, 0]
        return Faces(boxes, points)


@dataclass(frozen=True, slots=True)
class Picture:
    """H x W x 3 uint8 RGB, its longer side at most 480, and its faces."""

    image: RgbImage
    faces: Faces


def found_by(detector: Detector, image: RgbImage) -> Faces:
    """Every face that the detector finds, largest first."""
    found = detector.detect(image)
    boxes = [[face.box.x0, face.box.y0, face.box.x1, face.box.y1] for face in found]
    points = [[[point.x, point.y] for point in face.landmarks] for face in found]
    return Faces(np.array(boxes, np.float32).reshape(-1, 4), np.array(points, np.float32).reshape(-1, 5, 2))


def pictures_of(samples: Sequence[Sample], teacher: Detector) -> list[Picture]:
    """Images in which the teacher finds a face; the others teach nothing."""
    taught = (_picture(read_image(sample), teacher) for sample in samples)
    return [picture for picture in taught if len(picture.faces.boxes)]


def _picture(image: RgbImage, teacher: Detector) -> Picture:
    faces = found_by(teacher, image)
    height, width = image.shape[:2]
    ratio = min(1.0, _LONGEST / max(height, width))
    if ratio == 1.0:
        return Picture(image, faces)
    size = round(width * ratio), round(height * ratio)
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Picture(small, faces.scaled(size[0] / width, size[1] / height))


def load(path: Path) -> list[Picture]:
    """What `save_pictures` wrote."""
    with np.load(path, allow_pickle=False) as kept:
        ends, counts = kept["ends"].tolist(), kept["counts"].tolist()
        data, boxes, points = kept["data"], kept["boxes"], kept["points"]
    pictures, start, face = [], 0, 0
    for end, count in zip(ends, counts, strict=True):
        pixels = cv2.imdecode(data[start:end], cv2.IMREAD_COLOR)
        assert pixels is not None
        faces = Faces(boxes[face : face + count], points[face : face + count])
        pictures.append(Picture(np.ascontiguousarray(pixels[:, :, ::-1]), faces))
        start, face = end, face + count
    return pictures


def save_pictures(path: Path, samples: Sequence[Sample], teacher: Detector) -> None:
    """Keeps `pictures_of` these in an .npz file, as JPEGs of quality 98."""
    pictures = pictures_of(samples, teacher)
    quality = [cv2.IMWRITE_JPEG_QUALITY, 98]
    encoded = [
        cv2.imencode(".jpg", picture.image[:, :, ::-1], quality)[1].reshape(-1) for picture in pictures
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        data=np.concatenate(encoded),
        ends=np.cumsum([len(one) for one in encoded]),
        counts=np.array([len(picture.faces.boxes) for picture in pictures]),
        boxes=np.concatenate([picture.faces.boxes for picture in pictures]),
        points=np.concatenate([picture.faces.points for picture in pictures]),
    )
