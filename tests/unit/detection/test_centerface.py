"""The decoding against networks that say what the test wants, then the real network on the portrait.

The real network's boxes wander by a tenth of the face, its landmarks by a twentieth, when the picture is
scaled or moved by some pixels; the margins below are these.
"""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bonaface.detection.centerface import INPUT_SHAPES, CenterFaceDetector, CenterFaceOptions
from bonaface.detection.registry import open_detector
from bonaface.imaging.types import RgbImage
from bonaface.models.catalog import load_catalog
from bonaface.models.store import ModelStore
from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import SessionOptions
from bonaface.types import Detection, Landmarks, Point
from support.networks import constant

GRID = 24
"""Rows and columns of the answers for a 96 x 96 picture: one cell is 4 pixels."""
POINTS = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
"""Landmarks in shares of the box, x before y."""


@dataclasses.dataclass
class Said:
    """One cell of the network's answer: centre in cells, box sides in pixels."""

    row: int
    column: int
    score: float
    width: float
    height: float
    offset: tuple[float, float] = (0.0, 0.0)


def _detector(*faces: Said, options: CenterFaceOptions | None = None) -> CenterFaceDetector:
    heatmap, scale, offset = (np.zeros((1, planes, GRID, GRID), np.float32) for planes in (1, 2, 2))
    landmarks = np.zeros((1, 10, GRID, GRID), np.float32)
    for face in faces:
        cell = np.s_[0, :, face.row, face.column]
        heatmap[cell] = face.score
        scale[cell] = np.log([face.height / 4, face.width / 4])
        offset[cell] = face.offset[::-1]
        landmarks[cell] = [share for x, y in POINTS for share in (y, x)]
    outputs = {"537": heatmap, "538": scale, "539": offset, "540": landmarks}
    return CenterFaceDetector(session_factory()(constant(outputs), SessionOptions()), options)


def _blank(width: int = 96, height: int = 96) -> RgbImage:
    return np.zeros((height, width, 3), np.uint8)


def _corners(face: Detection) -> list[float]:
    return [face.box.x0, face.box.y0, face.box.x1, face.box.y1]


def test_centre_sides_offset_and_landmarks() -> None:
    (face,) = _detector(Said(10, 12, 0.75, width=20, height=30, offset=(0.25, -0.5))).detect(_blank())
    x0, y0 = (12 + 0.25 + 0.5) * 4 - 10, (10 - 0.5 + 0.5) * 4 - 15
    assert _corners(face) == pytest.approx([x0, y0, x0 + 20, y0 + 30], abs=1e-4)
    assert face.confidence == pytest.approx(0.75)
    points = [value for point in face.landmarks for value in (point.x, point.y)]
    shares = [value for x, y in POINTS for value in (x0 + 20 * x, y0 + 30 * y)]
    assert points == pytest.approx(shares, abs=1e-3)


def test_coordinates_are_those_of_the_image_that_was_given() -> None:
    """A picture of 192 x 48 is shown to the network at 96 x 32: answers grow by 2 and by 1.5."""
    options = CenterFaceOptions(input_side=96)
    (face,) = _detector(Said(3, 12, 0.9, width=20, height=16), options=options).detect(_blank(192, 48))
    assert _corners(face) == pytest.approx([80, 9, 120, 33], abs=1e-3)


def test_only_faces_above_the_threshold() -> None:
    said = [Said(4, 4, 0.5, 12, 12), Said(4, 18, 0.51, 12, 12), Said(18, 4, 0.2, 12, 12)]
    assert len(_detector(*said).detect(_blank())) == 1
    assert len(_detector(*said, options=CenterFaceOptions(threshold=0.1)).detect(_blank())) == 3


def test_of_two_cells_on_one_face_the_surer_stays() -> None:
    twice = [Said(10, 10, 0.7, 24, 24), Said(10, 11, 0.9, 24, 24)]
    (face,) = _detector(*twice).detect(_blank())
    assert face.confidence == pytest.approx(0.9)


def test_largest_first_whatever_the_confidence() -> None:
    said = [Said(3, 3, 0.99, 10, 10), Said(15, 15, 0.6, 40, 40), Said(4, 18, 0.8, 20, 20)]
    sides = [round(face.box.width) for face in _detector(*said).detect(_blank())]
    assert sides == [40, 20, 10]


def test_boxes_and_landmarks_are_clipped_to_the_image() -> None:
    said = [Said(0, 0, 0.9, 40, 60), Said(23, 23, 0.8, 50, 30)]
    lower, upper = sorted(_detector(*said).detect(_blank()), key=lambda face: -face.box.x0)
    assert _corners(upper) == pytest.approx([0, 0, 22, 32], abs=1e-3)
    assert _corners(lower) == pytest.approx([69, 79, 96, 96], abs=1e-3)
    for face in (lower, upper):
        assert all(0 <= point.x <= 96 and 0 <= point.y <= 96 for point in face.landmarks)


def test_a_box_wholly_outside_is_no_face() -> None:
    assert _detector(Said(0, 0, 0.9, 4, 4, offset=(-3, 0))).detect(_blank()) == ()


def test_confidence_is_at_most_one() -> None:
    (face,) = _detector(Said(10, 10, 1.25, 20, 20)).detect(_blank())
    assert face.confidence == 1.0


def test_no_cell_no_face() -> None:
    assert _detector().detect(_blank()) == ()


# The real network.


@pytest.fixture(scope="module")
def detector(models_directory: Path) -> CenterFaceDetector:
    entry = load_catalog().detector("centerface")
    opened = open_detector(entry, ModelStore(models_directory), session_factory(), 1)
    assert isinstance(opened, CenterFaceDetector)
    opened.warm_up()
    return opened


EYES_NOSE_LIPS = Landmarks(
    Point(203, 100), Point(248, 100), Point(225, 124), Point(204, 144), Point(243, 144)
)
"""Where a person sees them in the portrait."""


def _one(detector: CenterFaceDetector, image: NDArray[np.uint8]) -> Detection:
    faces = detector.detect(np.ascontiguousarray(image))
    assert len(faces) == 1
    return faces[0]


def _assert_near(found: Landmarks, expected: Landmarks, within: float) -> None:
    for one, other in zip(found, expected, strict=True):
        assert abs(one.x - other.x) <= within
        assert abs(one.y - other.y) <= within


def test_the_face_of_the_portrait(detector: CenterFaceDetector, portrait_pixels: RgbImage) -> None:
    face = _one(detector, portrait_pixels)
    assert _corners(face) == pytest.approx([178, 55, 271, 179], abs=6)
    assert face.confidence > 0.8
    _assert_near(face.landmarks, EYES_NOSE_LIPS, 5)


def test_the_mirrored_portrait_has_mirrored_landmarks(
    detector: CenterFaceDetector, portrait_pixels: RgbImage
) -> None:
    face = _one(detector, portrait_pixels[:, ::-1])
    eye, other_eye, nose, lip, other_lip = (Point(512 - p.x, p.y) for p in EYES_NOSE_LIPS)
    _assert_near(face.landmarks, Landmarks(other_eye, eye, nose, other_lip, lip), 7)
    assert face.landmarks.left_eye.x < face.landmarks.right_eye.x


@pytest.mark.parametrize("side", [60, 64, 75])
def test_finds_a_face_of_60_pixels(
    detector: CenterFaceDetector, portrait_pixels: RgbImage, side: int
) -> None:
    scale = side / _one(detector, portrait_pixels).box.width
    small = cv2.resize(portrait_pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    face = _one(detector, np.asarray(small, np.uint8))
    assert face.box.width == pytest.approx(side, rel=0.12)


@pytest.mark.parametrize(("face", "width"), [(60, 640), (60, 1280), (60, 1920), (100, 3000)])
def test_finds_a_small_face_in_a_large_image(
    detector: CenterFaceDetector, portrait_pixels: RgbImage, face: int, width: int
) -> None:
    small = np.asarray(cv2.resize(portrait_pixels, None, fx=face / 93, fy=face / 93), np.uint8)
    image = np.full((width * 3 // 4, width, 3), 90, np.uint8)
    image[20 : 20 + small.shape[0], 30 : 30 + small.shape[1]] = small
    assert _one(detector, image).box.width == pytest.approx(face, rel=0.25)


@pytest.mark.parametrize(("left", "top"), [(0, 0), (37, 11), (150, 90)])
def test_moving_the_picture_moves_the_face(
    detector: CenterFaceDetector, portrait_pixels: RgbImage, left: int, top: int
) -> None:
    image = np.full((602, 662, 3), 127, np.uint8)
    image[top : top + 512, left : left + 512] = portrait_pixels
    face = _one(detector, image)
    assert _corners(face) == pytest.approx([178 + left, 55 + top, 271 + left, 179 + top], abs=12)
    moved = Landmarks(*(Point(p.x + left, p.y + top) for p in EYES_NOSE_LIPS))
    _assert_near(face.landmarks, moved, 7)


@pytest.mark.parametrize(("rows", "columns"), [(1, 2), (1, 3), (5, 5)])
def test_every_one_of_many_faces(
    detector: CenterFaceDetector, portrait_pixels: RgbImage, rows: int, columns: int
) -> None:
    crop = np.asarray(cv2.resize(portrait_pixels[0:240, 110:350], (160, 160)), np.uint8)
    faces = detector.detect(np.tile(crop, (rows, columns, 1)))
    cells = {(int(f.landmarks.nose.y // 160), int(f.landmarks.nose.x // 160)) for f in faces}
    assert len(faces) == rows * columns == len(cells)
    areas = [face.box.area for face in faces]
    assert areas == sorted(areas, reverse=True)


@pytest.mark.parametrize("value", [0, 127, 255])
def test_nothing_in_a_blank_picture(detector: CenterFaceDetector, value: int) -> None:
    assert detector.detect(np.full((300, 400, 3), value, np.uint8)) == ()


def test_nothing_in_noise(detector: CenterFaceDetector) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    assert detector.detect(noise) == ()


@pytest.mark.parametrize(("width", "height"), [(80, 5000), (5000, 80), (80, 80), (1, 1), (40000, 80)])
def test_pictures_of_any_proportion(detector: CenterFaceDetector, width: int, height: int) -> None:
    assert detector.detect(_blank(width, height)) == ()


def test_the_network_takes_every_multiple_of_32() -> None:
    assert INPUT_SHAPES == {"input.1": (1, 3, -1, -1)}


def test_a_face_cut_off_by_the_image_stays_within_it(
    detector: CenterFaceDetector, portrait_pixels: RgbImage
) -> None:
    face = _one(detector, portrait_pixels[90:, 200:]).box
    assert face.x0 >= 0
    assert face.y0 == 0
    assert 60 < face.y1 < 120
