"""From an analysis to the contract's data."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonaface.analysis import Analysis
from bonaface.api.v1.presenter import present, reported
from bonaface.api.v1.schemas import SpoofingData
from bonaface.geometry import Box
from bonaface.types import Reason
from support.models.analyses import a_face, an_analysis

SAMPLE = {
    "faceDetailCount": 1,
    "faceDetails": [
        {
            "bbox": {
                "x0": 0.08727272727272728,
                "y0": 0.29333333333333333,
                "x1": 0.24363636363636362,
                "y1": 0.6213333333333333,
            },
            "landmarks": [
                {"type": "leftEye", "x": 0.1290909090909091, "y": 0.4266666666666667},
                {"type": "rightEye", "x": 0.2018181818181818, "y": 0.432},
                {"type": "nose", "x": 0.16545454545454547, "y": 0.49333333333333335},
                {"type": "leftLip", "x": 0.13818181818181818, "y": 0.5546666666666666},
                {"type": "rightLip", "x": 0.19272727272727272, "y": 0.56},
            ],
            "spoofing": True,
            "confidence": 0.997854,
        }
    ],
}
"""The guide's sample: an image of 550 x 375 pixels."""


def presented(analysis: Analysis) -> dict[str, Any]:
    return present(analysis, reported(analysis))


def test_gives_the_sample_of_the_guide_to_the_last_digit() -> None:
    assert presented(an_analysis(a_face(spoofing=True))) == SAMPLE


def test_the_members_come_in_the_order_of_the_sample() -> None:
    assert orjson.dumps(presented(an_analysis(a_face(spoofing=True)))) == orjson.dumps(SAMPLE)


def test_no_face_is_an_answer() -> None:
    assert presented(an_analysis()) == {"faceDetailCount": 0, "faceDetails": []}


@pytest.mark.parametrize("reason", [Reason.TOO_SMALL, Reason.TURNED_AWAY])
def test_faces_that_do_not_count_are_left_out(reason: Reason) -> None:
    data = presented(an_analysis(a_face(reason, Reason.BLURRED), a_face()))
    assert data["faceDetailCount"] == len(data["faceDetails"]) == 1


@pytest.mark.parametrize(
    "reason", [Reason.AT_IMAGE_BORDER, Reason.BLURRED, Reason.TOO_DARK, Reason.TOO_BRIGHT]
)
def test_other_reasons_leave_a_face_in(reason: Reason) -> None:
    assert presented(an_analysis(a_face(reason)))["faceDetailCount"] == 1


def test_the_order_is_kept() -> None:
    large, small = Box(0, 0, 300, 300), Box(0, 0, 70, 70)
    data = presented(an_analysis(a_face(box=large), a_face(box=small)))
    assert [face["bbox"]["y1"] for face in data["faceDetails"]] == [300 / 375, 70 / 375]


@given(*(st.floats(-1000, 2000) for _ in range(4)))
def test_every_fraction_is_within_the_image(x0: float, y0: float, x1: float, y1: float) -> None:
    data = presented(an_analysis(a_face(box=Box(x0, y0, x1, y1))))
    assert SpoofingData.model_validate(data).face_details[0].bbox is not None
