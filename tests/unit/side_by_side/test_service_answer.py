"""Bodies of the v1.0 route as answers, and boxes held against each other."""

import json
from typing import Any

import pytest

from bonaface.side_by_side.service_answer import Corners, answer_with, read_answer

BOX = {"x0": 0.1, "y0": 0.2, "x1": 0.3, "y1": 0.4}


def body(code: int, message: str, **data: object) -> bytes:
    header = {"isSuccessful": code == 0, "resultCode": code, "resultMessage": message}
    return json.dumps({"header": header, **({"data": data} if data else {})}).encode()


def test_a_success_with_members_that_nobody_knows() -> None:
    face = {"bbox": BOX, "landmarks": [], "spoofing": True, "confidence": 99.9, "mask": "?"}
    answer = read_answer(body(0, "Success", faceDetailCount=1, faceDetails=[face]), 0.5)
    assert answer is not None
    assert (answer.code, answer.message, answer.seconds, answer.is_success) == (0, "Success", 0.5, True)
    assert [(each.bbox.x1, each.spoofing, each.confidence) for each in answer.faces] == [(0.3, True, 99.9)]


def test_a_face_without_the_member_that_the_guide_does_not_promise() -> None:
    answer = read_answer(body(0, "Success", faceDetails=[{"bbox": BOX}]), 0)
    assert answer is not None
    assert answer.faces[0].spoofing is None


def test_a_refusal_has_no_faces() -> None:
    answer = read_answer(body(-45040, "InvalidImageFormatException"), 0)
    assert answer is not None
    assert (answer.code, answer.faces, answer.is_success) == (-45040, (), False)


@pytest.mark.parametrize("text", [b"", b"<html>", b"{}", b"[]", b'{"header": {"resultCode": "x"}}'])
def test_what_is_no_answer(text: bytes) -> None:
    assert read_answer(text, 0) is None


def test_the_data_of_a_success() -> None:
    data: dict[str, Any] = {"faceDetailCount": 1, "faceDetails": [{"bbox": BOX, "spoofing": False}]}
    assert answer_with(data, "Success", 1) == read_answer(body(0, "Success", **data), 1)


@pytest.mark.parametrize(
    ("other", "overlap"),
    [((0, 0, 2, 2), 1), ((0, 0, 1, 2), 0.5), ((1, 1, 3, 3), 1 / 7), ((2, 0, 3, 2), 0), ((1, 1, 1, 1), 0)],
)
def test_overlap_is_intersection_over_union(other: tuple[float, ...], overlap: float) -> None:
    box, beside = (
        Corners(x0=0, y0=0, x1=2, y1=2),
        Corners(**dict(zip(("x0", "y0", "x1", "y1"), other, strict=True))),
    )
    assert box.overlap(beside) == beside.overlap(box) == pytest.approx(overlap)


def test_boxes_without_area_overlap_in_nothing() -> None:
    point = Corners(x0=0, y0=0, x1=0, y1=0)
    assert point.overlap(point) == 0
