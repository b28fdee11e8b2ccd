import cv2
import numpy as np
import pytest

from bonaface.geometry import Box
from bonaface.imaging.bars import Content
from bonaface.imaging.picture import Picture, View
from bonaface.imaging.types import RgbImage
from bonaface.quality import exposure, pose, reasons
from bonaface.quality.reasons import face_pixels, find_reasons, surely_turned, touches_border
from bonaface.quality.sharpness import BLURRED_BELOW, sharpness
from bonaface.settings import FaceSettings
from bonaface.types import Pose, Reason

AHEAD = Pose(0, 0, 0)
SETTINGS = FaceSettings()
BOX = Box(50, 40, 130, 140)
LIMIT = SETTINGS.max_angle + pose.ESTIMATE_ERROR


def _textured(low: int = 90, high: int = 170) -> RgbImage:
    """Sharp stripes of mean (low + high) / 2: 200 x 180."""
    image = np.full((180, 200, 3), low, np.uint8)
    image[:, np.arange(200) % 8 < 4] = high
    return image


def _found(image: RgbImage, box: Box = BOX, turned: Pose = AHEAD) -> tuple[Reason, ...]:
    return find_reasons(Picture.of(image), box, turned, SETTINGS)


def test_a_good_face_has_none() -> None:
    assert _found(_textured()) == ()


@pytest.mark.parametrize(
    ("box", "small"),
    [
        (Box(50, 40, 110, 100), False),
        (Box(50, 40, 109.99, 140), True),
        (Box(50, 40, 150, 99.99), True),
    ],
)
def test_too_small_by_its_shorter_side(box: Box, small: bool) -> None:
    assert (Reason.TOO_SMALL in _found(_textured(), box)) == small


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", ["yaw", "pitch"])
def test_turned_away_only_when_surely_so(name: str, sign: int) -> None:
    at = {"yaw": 0.0, "pitch": 0.0, "roll": 0.0, name: sign * LIMIT}
    beyond = {**at, name: sign * (LIMIT + 0.01)}
    assert not surely_turned(Pose(**at), SETTINGS.max_angle)
    assert surely_turned(Pose(**beyond), SETTINGS.max_angle)
    assert _found(_textured(), turned=Pose(**at)) == ()
    assert _found(_textured(), turned=Pose(**beyond)) == (Reason.TURNED_AWAY,)


def test_roll_never_counts() -> None:
    assert _found(_textured(), turned=Pose(0, 0, 170)) == ()


@pytest.mark.parametrize(
    ("box", "touches"),
    [
        (Box(0.01, 0.01, 199.99, 179.99), False),
        (Box(0, 40, 130, 140), True),
        (Box(50, 0, 130, 140), True),
        (Box(50, 40, 200, 140), True),
        (Box(50, 40, 130, 180), True),
    ],
)
def test_at_the_image_border(box: Box, touches: bool) -> None:
    assert touches_border(box, Content(0, 0, 200, 180)) == touches
    assert (Reason.AT_IMAGE_BORDER in _found(_textured(), box)) == touches


def test_at_a_flat_bar_a_face_is_cut_off_as_well() -> None:
    image = np.pad(_textured(), ((40, 0), (0, 0), (0, 0)))
    assert Reason.AT_IMAGE_BORDER in _found(image, Box(50, 40, 130, 140))
    assert Reason.AT_IMAGE_BORDER not in _found(image, Box(50, 41, 130, 140))


def test_blurred_on_both_sides_of_the_limit() -> None:
    """Two blurs of the same stripes, the one just over the limit and the other just under it."""
    sharp, soft = (np.asarray(cv2.GaussianBlur(_textured(), (0, 0), sigma), np.uint8) for sigma in (1.5, 3.5))
    assert (
        sharpness(face_pixels(View(soft, 1), BOX))
        < BLURRED_BELOW
        < sharpness(face_pixels(View(sharp, 1), BOX))
    )
    assert _found(sharp) == ()
    assert _found(soft) == (Reason.BLURRED,)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (20, 78, (Reason.TOO_DARK,)),
        (20, 82, ()),
        (180, 248, ()),
        (180, 252, (Reason.TOO_BRIGHT,)),
    ],
)
def test_exposure_on_both_sides_of_its_limits(low: int, high: int, expected: tuple[Reason, ...]) -> None:
    assert (exposure.TOO_DARK_BELOW, exposure.TOO_BRIGHT_ABOVE) == (50, 215)
    assert _found(_textured(low, high)) == expected


def test_only_the_face_counts_not_the_scene() -> None:
    image = np.add.outer(np.arange(180) // 9, np.arange(200) // 10).astype(np.uint8)[..., None].repeat(3, 2)
    image[40:140, 50:130] = _textured()[40:140, 50:130]
    assert _found(image) == ()


def test_all_that_hold_in_the_order_of_the_enum() -> None:
    dark = np.zeros((180, 200, 3), np.uint8)
    assert _found(dark, Box(0, 0, 10, 10), Pose(80, 0, 0)) == (
        Reason.TOO_SMALL,
        Reason.TURNED_AWAY,
        Reason.AT_IMAGE_BORDER,
        Reason.BLURRED,
        Reason.TOO_DARK,
    )


def test_settings_move_the_limits() -> None:
    strict = FaceSettings(min_side=81, max_angle=10)
    turned = Pose(10 + pose.ESTIMATE_ERROR + 0.1, 0, 0)
    assert find_reasons(Picture.of(_textured()), BOX, turned, strict) == (
        Reason.TOO_SMALL,
        Reason.TURNED_AWAY,
    )


@pytest.mark.parametrize(
    ("box", "shape"),
    [
        (Box(3, 4, 5, 9), (5, 2)),
        (Box(3.2, 4.9, 5.1, 8.1), (5, 3)),
        (Box(3, 4, 3.1, 4.1), (1, 1)),
        (Box(199.5, 179.5, 200, 180), (1, 1)),
        (Box(200, 180, 200, 180), (1, 1)),
        (Box(0, 0, 200, 180), (180, 200)),
    ],
)
def test_pixels_under_a_box_are_at_least_one(box: Box, shape: tuple[int, int]) -> None:
    image = _textured()
    pixels = face_pixels(View(image, 1), box)
    assert pixels.shape == (*shape, 3)
    assert np.shares_memory(pixels, image)
    assert reasons.find_reasons(Picture.of(image), box, AHEAD, SETTINGS) is not None
