"""Every detector of the catalog, with its real weights, on the portrait.

Boxes wander by a tenth of the face, landmarks by a twentieth, when the picture is scaled or moved by some
pixels; the margins below are these.
"""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bonaface.detection.base import Detector
from bonaface.detection.centerface import CenterFaceDetector
from bonaface.detection.registry import open_detector
from bonaface.detection.two_stage import TwoStageDetector
from bonaface.errors import ModelMissingError
from bonaface.geometry import Landmarks, Point
from bonaface.imaging.types import RgbImage
from bonaface.models.catalog import load_catalog
from bonaface.models.store import ModelStore
from bonaface.runtime.engines import session_factory
from bonaface.types import Detection

FAMILIES = {"bonaface-face": TwoStageDetector, "centerface": CenterFaceDetector}


@pytest.fixture(scope="module", params=sorted(FAMILIES))
def detector(request: pytest.FixtureRequest, models_directory: Path) -> Detector:
    entry = load_catalog().detector(request.param)
    if not entry.shipped:
        request.getfixturevalue(entry.name)
    opened = open_detector(entry, ModelStore(models_directory), session_factory(), lanes=1)
    assert isinstance(opened, FAMILIES[request.param])
    opened.warm_up()
    return opened


def test_weights_that_are_not_installed(tmp_path: Path) -> None:
    entry = load_catalog().detector("centerface")
    with pytest.raises(ModelMissingError, match="bonaface models pull centerface"):
        open_detector(entry, ModelStore(tmp_path), session_factory(), lanes=1)


EYES_NOSE_LIPS = Landmarks(
    Point(203, 100), Point(248, 100), Point(225, 124), Point(204, 144), Point(243, 144)
)
"""Where a person sees them in the portrait."""


def _corners(face: Detection) -> list[float]:
    return [face.box.x0, face.box.y0, face.box.x1, face.box.y1]


def _one(detector: Detector, image: NDArray[np.uint8]) -> Detection:
    faces = detector.detect(np.ascontiguousarray(image))
    assert len(faces) == 1
    return faces[0]


def _assert_near(found: Landmarks, expected: Landmarks, within: float) -> None:
    for one, other in zip(found, expected, strict=True):
        assert abs(one.x - other.x) <= within
        assert abs(one.y - other.y) <= within


def test_the_face_of_the_portrait(detector: Detector, portrait_pixels: RgbImage) -> None:
    face = _one(detector, portrait_pixels)
    assert _corners(face) == pytest.approx([178, 55, 271, 179], abs=10)
    assert face.confidence > 0.8
    _assert_near(face.landmarks, EYES_NOSE_LIPS, 5)


def test_the_mirrored_portrait_has_mirrored_landmarks(detector: Detector, portrait_pixels: RgbImage) -> None:
    face = _one(detector, portrait_pixels[:, ::-1])
    eye, other_eye, nose, lip, other_lip = (Point(512 - p.x, p.y) for p in EYES_NOSE_LIPS)
    _assert_near(face.landmarks, Landmarks(other_eye, eye, nose, other_lip, lip), 7)
    assert face.landmarks.left_eye.x < face.landmarks.right_eye.x


@pytest.mark.parametrize("side", [60, 64, 75])
def test_finds_a_face_of_60_pixels(detector: Detector, portrait_pixels: RgbImage, side: int) -> None:
    scale = side / _one(detector, portrait_pixels).box.width
    small = cv2.resize(portrait_pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    face = _one(detector, np.asarray(small, np.uint8))
    assert face.box.width == pytest.approx(side, rel=0.12)


@pytest.mark.parametrize(("face", "width"), [(60, 640), (60, 1280), (60, 1920), (100, 3000)])
def test_finds_a_small_face_in_a_large_image(
    detector: Detector, portrait_pixels: RgbImage, face: int, width: int
) -> None:
    small = np.asarray(cv2.resize(portrait_pixels, None, fx=face / 93, fy=face / 93), np.uint8)
    image = np.full((width * 3 // 4, width, 3), 90, np.uint8)
    image[20 : 20 + small.shape[0], 30 : 30 + small.shape[1]] = small
    assert _one(detector, image).box.width == pytest.approx(face, rel=0.25)


@pytest.mark.parametrize(("left", "top"), [(0, 0), (37, 11), (150, 90)])
def test_moving_the_picture_moves_the_face(
    detector: Detector, portrait_pixels: RgbImage, left: int, top: int
) -> None:
    image = np.full((602, 662, 3), 127, np.uint8)
    image[top : top + 512, left : left + 512] = portrait_pixels
    face = _one(detector, image)
    assert _corners(face) == pytest.approx([178 + left, 55 + top, 271 + left, 179 + top], abs=12)
    moved = Landmarks(*(Point(p.x + left, p.y + top) for p in EYES_NOSE_LIPS))
    _assert_near(face.landmarks, moved, 7)


@pytest.mark.parametrize(("rows", "columns"), [(1, 2), (1, 3), (5, 5)])
def test_every_one_of_many_faces(
    detector: Detector, portrait_pixels: RgbImage, rows: int, columns: int
) -> None:
    crop = np.asarray(cv2.resize(portrait_pixels[0:240, 110:350], (160, 160)), np.uint8)
    faces = detector.detect(np.tile(crop, (rows, columns, 1)))
    cells = {(int(f.landmarks.nose.y // 160), int(f.landmarks.nose.x // 160)) for f in faces}
    assert len(faces) == rows * columns == len(cells)
    areas = [face.box.area for face in faces]
    assert areas == sorted(areas, reverse=True)


@pytest.mark.parametrize("value", [0, 127, 255])
def test_nothing_in_a_blank_picture(detector: Detector, value: int) -> None:
    assert detector.detect(np.full((300, 400, 3), value, np.uint8)) == ()


def test_nothing_in_noise(detector: Detector) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    assert detector.detect(noise) == ()


@pytest.mark.parametrize(("width", "height"), [(80, 5000), (5000, 80), (80, 80), (1, 1), (40000, 80)])
def test_pictures_of_any_proportion(detector: Detector, width: int, height: int) -> None:
    assert detector.detect(np.zeros((height, width, 3), np.uint8)) == ()


def test_a_face_cut_off_by_the_image_stays_within_it(detector: Detector, portrait_pixels: RgbImage) -> None:
    face = _one(detector, portrait_pixels[90:, 200:]).box
    assert face.x0 >= 0
    assert face.y0 == 0
    assert 60 < face.y1 < 120
