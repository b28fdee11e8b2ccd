import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bonaface.detection.nms import intersection_over_union, non_maximum_suppression

Boxes = NDArray[np.float32]
corner = st.integers(0, 12)
side = st.integers(1, 8)
scored = st.lists(st.tuples(corner, corner, side, side, st.integers(0, 6)), max_size=14)


def _iou(one: list[float], other: list[float]) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return shared / (sum(areas) - shared)


def _plain(boxes: list[list[float]], scores: list[float], overlap: float) -> list[int]:
    kept: list[int] = []
    for index in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        if all(_iou(boxes[index], boxes[winner]) <= overlap for winner in kept):
            kept.append(index)
    return kept


def _split(faces: list[tuple[int, int, int, int, int]]) -> tuple[Boxes, NDArray[np.float32]]:
    boxes = [[x, y, x + width, y + height] for x, y, width, height, _ in faces]
    return np.array(boxes, np.float32).reshape(-1, 4), np.array([f[4] / 6 for f in faces], np.float32)


@given(faces=scored, overlap=st.sampled_from([0.0, 0.21, 0.3, 0.52, 0.97]))
def test_same_as_the_plain_loop(faces: list[tuple[int, int, int, int, int]], overlap: float) -> None:
    boxes, scores = _split(faces)
    kept = non_maximum_suppression(boxes, scores, overlap)
    assert kept.dtype == np.intp
    assert kept.tolist() == _plain(boxes.tolist(), scores.tolist(), overlap)


@given(faces=scored)
def test_what_stays_stays_when_asked_again(faces: list[tuple[int, int, int, int, int]]) -> None:
    boxes, scores = _split(faces)
    kept = non_maximum_suppression(boxes, scores, 0.3)
    again = non_maximum_suppression(boxes[kept], scores[kept], 0.3)
    assert again.tolist() == list(range(len(kept)))


def test_a_box_that_shares_just_the_limit_stays() -> None:
    boxes = np.array([[0, 0, 4, 1], [2, 0, 6, 1]], np.float32)  # 2 of 6
    scores = np.array([0.5, 0.9], np.float32)
    assert non_maximum_suppression(boxes, scores, 1 / 3 + 1e-6).tolist() == [1, 0]
    assert non_maximum_suppression(boxes, scores, 1 / 3 - 1e-6).tolist() == [1]


@pytest.mark.parametrize(
    ("other", "expected"),
    [([0, 0, 2, 2], 1.0), ([1, 0, 3, 2], 1 / 3), ([2, 0, 4, 2], 0.0), ([9, 9, 10, 10], 0.0)],
)
def test_intersection_over_union(other: list[float], expected: float) -> None:
    box = np.array([0, 0, 2, 2], np.float32)
    found = intersection_over_union(box, np.array([other], np.float32))
    assert found.tolist() == pytest.approx([expected])


def test_boxes_without_area_share_nothing() -> None:
    empty = np.zeros(4, np.float32)
    assert intersection_over_union(empty, empty[None]).tolist() == [0.0]
