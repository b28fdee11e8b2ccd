"""Every reason measured: by the limits that reasons go by, and by its own."""

import numpy as np
import pytest

from bonaface.geometry import Box, Landmarks, Point
from bonaface.imaging.picture import Picture
from bonaface.imaging.types import RgbImage
from bonaface.quality.measures import COMPRESSED_BELOW, LEAST_PERSON, Surroundings, measure, unmet
from bonaface.quality.reasons import find_reasons
from bonaface.settings import FaceSettings
from bonaface.types import Detection, Measure, Pose, Reason

AHEAD = Pose(0, 0, 0)
BOX = Box(50, 40, 130, 140)
GOOD = Surroundings(1, 95.0)
OLDER = list(Reason)[:6]


def scene(low: int = 80, high: int = 180) -> RgbImage:
    """Sharp stripes with a tint: 200 x 180."""
    image = np.full((180, 200, 3), low, np.uint8)
    image[:, np.arange(200) % 8 < 4] = high
    image[..., 0] += 20
    return image


def found(
    image: RgbImage,
    box: Box = BOX,
    pose: Pose = AHEAD,
    around: Surroundings = GOOD,
    person: float | None = 5.0,
) -> dict[Reason, Measure]:
    face = Detection(box, Landmarks(*[Point(0, 0)] * 5), 0.9, person)
    measures = measure(Picture.of(image), face, pose, around, FaceSettings())
    assert [one.reason for one in measures] == [
        one for one in Reason if person is not None or one != Reason.NOT_A_PERSON
    ]
    return {one.reason: one for one in measures}


def test_a_good_face_meets_every_limit() -> None:
    assert unmet(found(scene()).values()) == ()


@pytest.mark.parametrize(
    ("image", "box", "pose"),
    [
        (scene(), Box(50, 40, 109.9, 140), AHEAD),
        (scene(), Box(0, 40, 80, 140), AHEAD),
        (scene(), BOX, Pose(57.1, 0, 0)),
        (scene(), BOX, Pose(0, -80, 0)),
        (scene(100, 102), BOX, AHEAD),
        (scene(20, 60), BOX, AHEAD),
        (scene(215, 235), BOX, AHEAD),
    ],
)
def test_the_older_six_are_those_that_reasons_tell(image: RgbImage, box: Box, pose: Pose) -> None:
    told = find_reasons(Picture.of(image), box, pose, FaceSettings())
    assert told
    assert [one for one in unmet(found(image, box, pose).values()) if one in OLDER] == list(told)


def test_light_from_behind_and_little_contrast() -> None:
    image = np.random.default_rng(1).integers(220, 255, (180, 200, 3), np.uint8)
    image[40:140, 50:130] = scene(20, 60)[40:140, 50:130]
    assert not found(image)[Reason.BACK_LIT].is_met
    assert not found(image)[Reason.LOW_CONTRAST].is_met
    assert found(scene())[Reason.LOW_CONTRAST].value == pytest.approx(100, abs=1)


def test_without_colour() -> None:
    grey = np.repeat(scene()[..., 1:2], 3, axis=2)
    assert found(grey)[Reason.GREY] == Measure(Reason.GREY, 0.0, 0.01, False)
    assert found(scene())[Reason.GREY].value == 1


def test_bars_are_told_as_their_share_of_the_image() -> None:
    noise = np.random.default_rng(1).integers(60, 220, (200, 200, 3), np.uint8)
    framed = np.zeros((240, 200, 3), np.uint8)
    framed[20:220] = noise
    told = found(framed, Box(50, 80, 130, 180))[Reason.LETTERBOXED]
    assert told.value == pytest.approx(1 / 6)
    assert not told.is_met


@pytest.mark.parametrize(
    ("around", "reason", "is_met"),
    [
        (Surroundings(2, 95), Reason.SEVERAL_FACES, False),
        (Surroundings(0, 95), Reason.SEVERAL_FACES, True),
        (Surroundings(1, COMPRESSED_BELOW), Reason.COMPRESSED, True),
        (Surroundings(1, COMPRESSED_BELOW - 0.1), Reason.COMPRESSED, False),
    ],
)
def test_what_is_around(around: Surroundings, reason: Reason, is_met: bool) -> None:
    assert found(scene(), around=around)[reason].is_met is is_met


@pytest.mark.parametrize(("person", "is_met"), [(LEAST_PERSON, True), (LEAST_PERSON - 0.1, False)])
def test_a_person(person: float, is_met: bool) -> None:
    assert found(scene(), person=person)[Reason.NOT_A_PERSON].is_met is is_met


def test_a_detector_that_does_not_tell_persons_leaves_that_out() -> None:
    assert Reason.NOT_A_PERSON not in found(scene(), person=None)
