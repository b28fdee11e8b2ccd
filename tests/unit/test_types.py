import dataclasses

import pytest

from bonaface.analysis import Analysis
from bonaface.geometry import Box, Landmarks, Point
from bonaface.types import Detection, Face, Policy, Pose, Preset, Reason, Verdict

BOX = Box(10, 20, 40.5, 60)
LANDMARKS = Landmarks(Point(1, 2), Point(3, 4), Point(5, 6), Point(7, 8), Point(9, 10))
VERDICT = Verdict(liveness_score=0.25, spoofing=True)
FACE = Face(BOX, LANDMARKS, 0.9, Pose(1, 2, 3), VERDICT, (Reason.BLURRED,))


def test_words_of_the_contract() -> None:
    assert [str(preset) for preset in Preset] == ["weak", "balanced", "strict"]
    assert [str(reason) for reason in Reason] == [
        "too_small",
        "turned_away",
        "at_image_border",
        "blurred",
        "too_dark",
        "too_bright",
        "back_lit",
        "low_contrast",
        "grey",
        "compressed",
        "letterboxed",
        "several_faces",
        "not_a_person",
    ]


def test_a_face_in_an_image_of_another_size() -> None:
    face = Detection(BOX, LANDMARKS, 0.9, 3.5).scaled(4)
    assert face.box == Box(40, 80, 162, 240)
    assert face.landmarks.right_lip == Point(36, 40)
    assert face.confidence == 0.9
    assert face.scaled(0.25) == Detection(BOX, LANDMARKS, 0.9, 3.5)
    assert face.moved(1, 2).turned(1, 200, 300).within(300, 200).person == 3.5


def test_a_face_is_clipped_to_the_image() -> None:
    face = Detection(BOX, LANDMARKS, 0.9)
    assert face.within(41, 60) == face
    clipped = face.within(30, 7)
    assert (clipped.box.x1, clipped.box.y1) == (30, 7)
    assert list(clipped.landmarks)[2:] == [Point(5, 6), Point(7, 7), Point(9, 7)]


def test_a_face_speaks_of_its_verdict() -> None:
    assert (FACE.liveness_score, FACE.spoofing) == (0.25, True)


@pytest.mark.parametrize(
    "value",
    [
        Point(1, 2),
        BOX,
        LANDMARKS,
        Pose(1, 2, 3),
        VERDICT,
        FACE,
        Detection(BOX, LANDMARKS, 0.9),
        Analysis(100, 80, Preset.WEAK, (FACE,)),
    ],
)
def test_results_are_frozen_slotted_and_equal_by_value(value: object) -> None:
    assert dataclasses.is_dataclass(value)
    assert not isinstance(value, type)
    name = dataclasses.fields(value)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, None)
    assert not hasattr(value, "__dict__")
    assert dataclasses.replace(value) == value
    assert hash(dataclasses.replace(value)) == hash(value)


@pytest.mark.parametrize(
    ("score", "accepted"), [(0.49, False), (0.5, True), (1.0, True), (float("nan"), False)]
)
def test_a_policy_accepts_from_its_threshold_on(score: float, accepted: bool) -> None:
    policy = Policy("presets", "1", dict.fromkeys(Preset, 0.5))
    assert policy.accepts(score, Preset.BALANCED) is accepted
