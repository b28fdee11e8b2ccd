"""One result, told as JSON, to a notebook and as a picture."""

import json

import numpy as np
import pytest

from bonaface.analysis import Analysis
from bonaface.errors import InvalidParameterError
from bonaface.geometry import Box, Landmarks, Point
from bonaface.types import Face, Pose, Preset, Reason, Verdict

FACE = Face(
    box=Box(10.123, 20, 60, 80.456),
    landmarks=Landmarks(*(Point(20 + x, 40.006) for x in range(5))),
    confidence=0.98765432,
    pose=Pose(1.26, -2.34, 0.04),
    verdict=Verdict(0.1234567, spoofing=True),
    reasons=(Reason.TOO_SMALL, Reason.BLURRED),
)
ANALYSIS = Analysis(100, 90, Preset.STRICT, (FACE,))


def test_the_dict_is_plain_json_rounded_and_whole() -> None:
    told = ANALYSIS.to_dict()
    assert json.loads(json.dumps(told)) == told
    assert told == {
        "width": 100,
        "height": 90,
        "preset": "strict",
        "faces": [
            {
                "bbox": [10.12, 20, 60, 80.46],
                "landmarks": {
                    "leftEye": [20, 40.01],
                    "rightEye": [21, 40.01],
                    "nose": [22, 40.01],
                    "leftLip": [23, 40.01],
                    "rightLip": [24, 40.01],
                },
                "confidence": 0.987654,
                "livenessScore": 0.123457,
                "spoofing": True,
                "pose": {"yaw": 1.3, "pitch": -2.3, "roll": 0.0},
                "reasons": ["too_small", "blurred"],
            }
        ],
    }
    assert type(told["preset"]) is str
    assert all(type(reason) is str for reason in told["faces"][0]["reasons"])


def test_a_notebook_sees_a_table_and_where_the_faces_are() -> None:
    html = ANALYSIS._repr_html_()
    for part in (
        "presentation attack",
        "0.123",
        "too_small, blurred",
        "preset: strict",
        '<rect x="10" y="20"',
    ):
        assert part in html
    assert "http" not in html


def test_a_notebook_is_told_that_there_is_no_face() -> None:
    assert Analysis(100, 90, Preset.WEAK, ())._repr_html_() == "<p>No face in 100 x 90 pixels.</p>"


def test_it_is_drawn_over_the_image_that_it_is_of() -> None:
    image = np.full((90, 100, 3), 200, np.uint8)
    drawn = ANALYSIS.draw(image).pixels
    assert drawn.shape == image.shape
    assert (image == 200).all()
    assert (drawn[20, 30:50] == (220, 40, 40)).all()  # red: an attack
    with pytest.raises(InvalidParameterError, match="another size"):
        ANALYSIS.draw(image[:-1])
