"""Cutting and putting back, against networks that say what the test wants. The real one: test_registry.py."""

import numpy as np
import pytest

from bonaface.detection.refiner import BORDER, LEAST_LOG_ODDS, SIZE, Refiner, cut_square, seen
from bonaface.geometry import Box, Landmarks, Point
from bonaface.imaging.types import RgbImage
from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import SessionOptions
from bonaface.types import Detection
from support.models.networks import constant

SHARES = [0.25, 0.2, 0.75, 0.8, 0.4, 0.4, 0.6, 0.4, 0.5, 0.5, 0.45, 0.65, 0.55, 0.65]
"""Box and landmarks in shares of the square."""


def _refiner(shares: list[float] | None = None, person: float = 5.0) -> Refiner:
    answers = {
        "face": np.array([SHARES if shares is None else shares], np.float32),
        "person": np.array([[person]], np.float32),
    }
    return Refiner(session_factory()(lambda: constant(answers, "crop"), SessionOptions()))


def _found(x0: float, y0: float, x1: float, y1: float, confidence: float = 0.75) -> Detection:
    return Detection(Box(x0, y0, x1, y1), Landmarks(*[Point(0, 0)] * 5), confidence)


def _image(width: int = 400, height: int = 300) -> RgbImage:
    """Red tells the column, green the row."""
    rows, columns = np.mgrid[:height, :width]
    return np.stack([columns % 256, rows % 256, np.zeros_like(rows)], axis=2).astype(np.uint8)


def test_the_square_is_round_the_middle_of_the_box() -> None:
    assert seen(Box(100, 80, 200, 160)) == (70, 40, 160)
    assert seen(Box(0, 0, 10, 40)) == (-27, -12, 64)


def test_box_and_landmarks_are_put_back() -> None:
    (face,) = _refiner().refine(_image(), [_found(100, 80, 200, 160)])
    assert (face.box.x0, face.box.y0, face.box.x1, face.box.y1) == pytest.approx((110, 72, 190, 168))
    assert (face.landmarks.left_eye.x, face.landmarks.left_eye.y) == pytest.approx((134, 104))
    assert (face.landmarks.right_lip.x, face.landmarks.right_lip.y) == pytest.approx((158, 144))
    assert face.confidence == 0.75


@pytest.mark.parametrize("person", [LEAST_LOG_ODDS - 0.01, -9.0, float("nan")])
def test_what_is_no_person_has_no_face(person: float) -> None:
    assert _refiner(person=person).refine(_image(), [_found(100, 80, 200, 160, 0.5)]) == ()


@pytest.mark.parametrize(("person", "confidence"), [(0.61, 0.5), (-1.5, 0.9), (-9.0, 1.0)])
def test_what_the_finder_is_sure_of_may_be_doubtful_here(person: float, confidence: float) -> None:
    assert len(_refiner(person=person).refine(_image(), [_found(100, 80, 200, 160, confidence)])) == 1


def test_nothing_leaves_the_image() -> None:
    wide = [-0.5, -0.5, 1.5, 1.5, *([-0.5] * 10)]
    (face,) = _refiner(wide).refine(_image(), [_found(0, 0, 400, 300)])
    assert (face.box.x0, face.box.y0, face.box.x1, face.box.y1) == (0, 0, 400, 300)
    assert (face.landmarks.nose.x, face.landmarks.nose.y) == (0, 0)


def test_largest_first_whatever_the_finder_said() -> None:
    found = [_found(0, 0, 40, 40, 0.9), _found(100, 100, 180, 180, 0.6)]
    assert [face.confidence for face in _refiner().refine(_image(), found)] == [0.6, 0.9]


def test_no_face_no_answer() -> None:
    assert _refiner().refine(_image(), []) == ()


def test_a_face_of_no_size_is_none() -> None:
    assert _refiner([0.5] * 14).refine(_image(), [_found(100, 80, 200, 160)]) == ()


def test_a_square_inside_shows_the_image() -> None:
    crop = cut_square(_image(), 40, 60, SIZE)
    np.testing.assert_array_equal(crop, _image()[60 : 60 + SIZE, 40 : 40 + SIZE])


@pytest.mark.parametrize("side", [48, 192])
def test_a_square_of_another_size_shows_all_of_it(side: int) -> None:
    crop = cut_square(_image(), 20, 30, side)
    assert crop.shape == (SIZE, SIZE, 3)
    middle = crop[SIZE // 2 - 1 : SIZE // 2 + 1, SIZE // 2 - 1 : SIZE // 2 + 1].mean(axis=(0, 1))
    assert middle[:2] == pytest.approx([20 + side / 2 - 0.5, 30 + side / 2 - 0.5], abs=1)


@pytest.mark.parametrize(("left", "top"), [(-48, -24), (352, 276), (-48, 276), (352, -24)])
def test_beside_the_image_it_is_grey(left: int, top: int) -> None:
    crop = cut_square(np.full((300, 400, 3), 250, np.uint8), left, top, SIZE)
    inside = (crop == 250).all(axis=2)
    expected = np.zeros((SIZE, SIZE), bool)
    expected[max(-top, 0) : 300 - top, max(-left, 0) : 400 - left] = True
    np.testing.assert_array_equal(inside, expected)
    assert (crop[~inside] == BORDER).all()


@pytest.mark.parametrize(
    ("left", "top", "side"),
    [(1000, 0, 50), (-50, 0, 50), (399, 299, 5000), (-4999, -4999, 5000), (0, 0, 2), (-70000, 10, 70001)],
)
def test_any_square_gives_a_crop(left: int, top: int, side: int) -> None:
    assert cut_square(_image(), left, top, side).shape == (SIZE, SIZE, 3)


def test_warm_up_runs_the_network() -> None:
    _refiner().warm_up()
