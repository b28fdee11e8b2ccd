import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bonaface.detection.fit import Candidates, as_input, fit, most_confident, put_back
from bonaface.imaging.types import RgbImage

Floats = NDArray[np.float32]
corner, side = st.integers(0, 12), st.integers(1, 8)
scored = st.lists(st.tuples(corner, corner, side, side, st.integers(1, 6)), max_size=14)

POINTS = np.array([[[12, 12], [18, 12], [15, 15], [13, 18], [17, 18]]], np.float32)


def _blank(width: int, height: int) -> RgbImage:
    return np.zeros((height, width, 3), np.uint8)


def _candidates(*boxes: tuple[float, float, float, float], score: float = 0.9) -> Candidates:
    count = len(boxes)
    scores = np.full(count, score, np.float32)
    return Candidates(np.array(boxes, np.float32).reshape(-1, 4), np.repeat(POINTS, count, axis=0), scores)


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((640, 480), (320, 256)),
        ((480, 640), (256, 320)),
        ((320, 320), (320, 320)),
        ((200, 100), (224, 128)),
        ((4000, 30), (320, 32)),
        ((1, 1), (32, 32)),
    ],
)
def test_sides_of_the_input(size: tuple[int, int], shown: tuple[int, int]) -> None:
    width, height = shown
    assert fit(_blank(*size), 320).shape == (height, width, 3)


def test_an_image_that_fits_is_not_copied() -> None:
    image = _blank(64, 96)
    assert fit(image, 320) is image


def test_the_input_is_planes_of_floats() -> None:
    image = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    planes = as_input(image)
    assert planes.shape == (1, 3, 2, 4)
    assert planes.dtype == np.float32
    assert planes[0, 2, 1, 3] == image[1, 3, 2]


def test_found_faces_are_put_back_and_clipped() -> None:
    (face,) = put_back(_candidates((10, 10, 40, 20)), 0.3, _blank(32, 32), _blank(64, 96))
    assert (face.box.x0, face.box.y0, face.box.x1, face.box.y1) == (20, 30, 64, 60)
    assert (face.landmarks.nose.x, face.landmarks.nose.y) == (30, 45)


def test_largest_first_and_nothing_outside() -> None:
    found = put_back(
        _candidates((0, 0, 4, 4), (-9, -9, -1, -1), (10, 10, 20, 20)), 0.3, _blank(32, 32), _blank(32, 32)
    )
    assert [face.box.width for face in found] == [10, 4]


def test_of_two_boxes_on_one_face_one_stays() -> None:
    found = put_back(_candidates((0, 0, 20, 20), (1, 0, 20, 20)), 0.3, _blank(32, 32), _blank(32, 32))
    assert len(found) == 1


def test_confidence_is_at_most_one() -> None:
    (face,) = put_back(_candidates((0, 0, 9, 9), score=1.25), 0.3, _blank(32, 32), _blank(32, 32))
    assert face.confidence == 1.0


def _iou(one: list[float], other: list[float]) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return shared / (sum(areas) - shared)


def _plain(boxes: list[list[float]], scores: list[float], overlap: float) -> list[int]:
    """Non-maximum suppression as textbooks write it."""
    kept: list[int] = []
    for index in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        if all(_iou(boxes[index], boxes[winner]) <= overlap for winner in kept):
            kept.append(index)
    return kept


def _split(faces: list[tuple[int, int, int, int, int]]) -> tuple[Floats, Floats]:
    boxes = [[x, y, x + width, y + height] for x, y, width, height, _ in faces]
    return np.array(boxes, np.float32).reshape(-1, 4), np.array([f[4] / 6 for f in faces], np.float32)


@given(faces=scored, overlap=st.sampled_from([0.0, 0.21, 0.3, 0.52, 0.97]))
def test_suppression_is_that_of_the_plain_loop(
    faces: list[tuple[int, int, int, int, int]], overlap: float
) -> None:
    boxes, scores = _split(faces)
    kept = most_confident(boxes, scores, overlap)
    assert kept.dtype == np.intp
    assert kept.tolist() == _plain(boxes.tolist(), scores.tolist(), overlap)


def test_suppression_of_random_boxes_is_that_of_the_plain_loop() -> None:
    for seed in range(300):
        rng = np.random.default_rng(seed)
        corners, sides = rng.uniform(0, 300, (40, 2)), rng.uniform(1, 120, (40, 2))
        boxes = np.concatenate([corners, corners + sides], axis=1).astype(np.float32)
        scores = rng.uniform(0.5, 1, 40).astype(np.float32)
        kept = most_confident(boxes, scores, 0.3).tolist()
        assert kept == _plain(boxes.tolist(), scores.tolist(), 0.3), seed


@given(faces=scored)
def test_what_stays_stays_when_asked_again(faces: list[tuple[int, int, int, int, int]]) -> None:
    boxes, scores = _split(faces)
    kept = most_confident(boxes, scores, 0.3)
    again = most_confident(boxes[kept], scores[kept], 0.3)
    assert again.tolist() == list(range(len(kept)))


def test_a_box_that_shares_just_the_limit_stays() -> None:
    boxes = np.array([[0, 0, 4, 1], [2, 0, 6, 1]], np.float32)  # 2 of 6
    scores = np.array([0.5, 0.9], np.float32)
    assert most_confident(boxes, scores, 1 / 3 + 1e-6).tolist() == [1, 0]
    assert most_confident(boxes, scores, 1 / 3 - 1e-6).tolist() == [1]


def test_boxes_without_area_take_no_place() -> None:
    boxes = np.array([[0, 0, 0, 0], [0, 0, 9, 9]], np.float32)
    assert most_confident(boxes, np.array([0.9, 0.8], np.float32), 0.3).tolist() == [0, 1]


def test_boxes_that_are_no_numbers_raise_nothing() -> None:
    boxes = np.array([[0, 0, np.inf, np.inf], [np.nan, 0, 4, 4], [0, 0, 4, 4]], np.float32)
    assert 2 in most_confident(boxes, np.array([0.9, 0.8, 0.7], np.float32), 0.3)
