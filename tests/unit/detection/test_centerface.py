"""The decoding, against networks that say what the test wants. The real network: test_registry.py."""

import dataclasses

import numpy as np
import pytest

from bonaface.detection.centerface import INPUT_SHAPES, CenterFaceDetector, CenterFaceOptions
from bonaface.imaging.types import RgbImage
from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import SessionOptions
from bonaface.types import Detection
from support.models.networks import constant

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
    return CenterFaceDetector(session_factory()(lambda: constant(outputs), SessionOptions()), options)


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


def test_the_network_takes_every_multiple_of_32() -> None:
    assert INPUT_SHAPES == {"input.1": (1, 3, -1, -1)}
