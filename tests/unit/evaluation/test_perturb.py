import cv2
import numpy as np
import pytest

from bonaface.evaluation.perturb import (
    Bars,
    Blur,
    BoxChange,
    Brightness,
    Change,
    Condition,
    Jpeg,
    Resolution,
    Rotation,
    Turn,
    conditions,
    grey,
)
from bonaface.geometry import Box
from support.pictures.picture import picture

IMAGE = picture(240, 200)
BOX = Box(60, 50, 160, 150)


def _changed(change: Change, box: Box = BOX) -> tuple[np.ndarray, Box]:
    result = change(IMAGE, box)
    assert result is not None
    return result


def test_the_suite_names_every_condition_once() -> None:
    suite = conditions()
    assert len({(one.family, one.level) for one in suite}) == len(suite) == 50


@pytest.mark.parametrize("condition", conditions(), ids=lambda one: f"{one.family} {one.level}")
def test_no_condition_changes_the_image_it_is_given(condition: Condition) -> None:
    before = IMAGE.copy()
    result = condition.change(IMAGE, BOX)
    if result is not None:
        image, box = result
        assert image.dtype == np.uint8
        assert image.shape[2] == 3
        assert box != BOX or not np.array_equal(image, IMAGE)
    assert np.array_equal(IMAGE, before)


def test_boxes_grow_about_their_middle_and_move_by_their_sides() -> None:
    assert _changed(BoxChange(scale=1.2))[1] == Box(50, 40, 170, 160)
    assert _changed(BoxChange(right=-0.1, down=0.2))[1] == Box(50, 70, 150, 170)
    assert _changed(BoxChange())[0] is IMAGE


def test_bars_are_shares_of_the_sides_and_move_the_face() -> None:
    image, box = _changed(Bars(0.1, 0.25, 255))
    assert image.shape == (300, 288, 3)
    assert box == Box(84, 100, 184, 200)
    assert image[:40].min() == image[:, :8].min() == 255
    assert _changed(Bars(0.5, 0.0, 0))[0][:, :100].max() == 0


def test_a_quarter_turn_takes_the_face_with_it() -> None:
    image, box = _changed(Turn(1))
    assert np.array_equal(image, np.rot90(IMAGE, -1))
    assert box == Box(50, 60, 150, 160)


def test_the_face_shrinks_with_its_image() -> None:
    image, box = _changed(Resolution(60))
    assert image.shape == (120, 144, 3)
    assert box == Box(36, 30, 96, 90)
    assert Resolution(100)(IMAGE, BOX) is None
    assert Resolution(400)(IMAGE, BOX) is None


def test_jpeg_keeps_colours_and_loses_more_at_lower_quality() -> None:
    losses = [np.abs(_changed(Jpeg(quality))[0].astype(int) - IMAGE).mean() for quality in (40, 75, 95)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 2.0


def test_brightness_multiplies_and_cuts() -> None:
    image, _ = _changed(Brightness(1.6))
    expected = np.minimum(np.round(IMAGE * 1.6), 255)
    assert np.array_equal(image, expected.astype(np.uint8))


def test_blur_goes_with_the_face() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 240, 3), dtype=np.uint8)
    small, large = (Blur(0.02)(noise, Box(0, 0, side, side))[0].std() for side in (50, 150))
    assert noise.std() > small > large


def test_rotation_turns_anticlockwise_about_the_face() -> None:
    image = np.zeros((200, 240, 3), np.uint8)
    cv2.circle(image, (150, 100), 4, (255, 255, 255), -1)
    turned, box = Rotation(90)(image, BOX)
    y, x = np.argwhere(turned[..., 0] > 128).mean(axis=0)

    assert (round(x), round(y)) == (110, 60)
    assert box == BOX


def test_grey_has_one_value_a_pixel() -> None:
    image, _ = _changed(grey)
    assert np.array_equal(image[..., 0], image[..., 1])
    assert np.array_equal(image[..., 0], image[..., 2])
    assert np.abs(image[..., 0] - IMAGE @ np.array([0.299, 0.587, 0.114])).max() <= 1
