"""The two crop rules against a plain re-implementation of their description, pixel by pixel."""

import cv2
import numpy as np
import pytest

from bonaface.geometry import Box
from bonaface.imaging.crop import CROP_RULES, pixels_under, reflected_crop, shifted_crop
from support.pictures.picture import Pixels, difference, picture

IMAGE = picture(112, 96)
BOXES = {
    "middle": Box(40, 30, 70, 65),
    "top left": Box(0, 0, 30, 40),
    "top right": Box(85, 0, 112, 30),
    "bottom left": Box(0, 60, 25, 96),
    "bottom right": Box(90, 70, 112, 96),
    "left border": Box(1.5, 30.25, 31.75, 70.5),
    "whole image": Box(0, 0, 112, 96),
    "wide": Box(5, 40, 107, 55),
    "tall": Box(50, 3, 60, 93),
    "fractions": Box(40.9, 30.1, 70.3, 65.7),
    "under a pixel": Box(50.2, 50.2, 50.4, 50.4),
}
EACH_BOX = pytest.mark.parametrize("name", BOXES)
SCALES = pytest.mark.parametrize("scale", [1.0, 1.5, 2.7, 4.0])


def shifted_axis(low: float, high: float, scale: float, limit: int) -> list[int]:
    """Indices of the pixels along one axis: grown, then moved inside, both ends included."""
    grown = (high - low) * scale
    start = (low + high) / 2 - grown / 2
    start = min(max(start, 0.0), limit - 1 - grown)
    return list(range(int(max(start, 0.0)), int(start + grown + 1e-9) + 1))


def plainly_shifted(image: Pixels, box: Box, scale: float, size: int) -> Pixels:
    height, width = image.shape[:2]
    box = Box(box.x0, box.y0, max(box.x1, box.x0 + 1), max(box.y1, box.y0 + 1))
    scale = min(scale, (width - 1) / box.width, (height - 1) / box.height)
    rows = shifted_axis(box.y0, box.y1, scale, height)
    columns = shifted_axis(box.x0, box.x1, scale, width)
    return np.asarray(cv2.resize(image[np.ix_(rows, columns)], (size, size)), dtype=np.uint8)


def mirrored(index: int, low: int, high: int) -> int:
    """Reflect-101 over low..high - 1, as often as it takes."""
    while not low <= index < high:
        if high - low == 1:
            return low
        index = 2 * low - index if index < low else 2 * (high - 1) - index
    return index


def mirrored_axis(low: float, high: float, grown: float, limit: int) -> list[int]:
    start, side = int((low + high) / 2 - grown / 2), max(int(grown), 1)
    inside = max(start, 0), min(start + side, limit)
    return [mirrored(index, *inside) for index in range(start, start + side)]


def plainly_reflected(image: Pixels, box: Box, scale: float, size: int) -> Pixels:
    height, width = image.shape[:2]
    grown = max(box.width, box.height) * scale
    rows = mirrored_axis(box.y0, box.y1, grown, height)
    columns = mirrored_axis(box.x0, box.x1, grown, width)
    way = cv2.INTER_AREA if len(rows) > size else cv2.INTER_LANCZOS4
    return np.asarray(
        cv2.resize(image[np.ix_(rows, columns)], (size, size), interpolation=way), dtype=np.uint8
    )


@EACH_BOX
@SCALES
def test_shifted(name: str, scale: float) -> None:
    crop = shifted_crop(IMAGE, BOXES[name], scale, 80)
    assert crop.shape == (80, 80, 3)
    assert crop.dtype == np.uint8
    assert difference(crop, plainly_shifted(IMAGE, BOXES[name], scale, 80)) == 0


@EACH_BOX
@SCALES
@pytest.mark.parametrize("size", [32, 128])
def test_reflected(name: str, scale: float, size: int) -> None:
    crop = reflected_crop(IMAGE, BOXES[name], scale, size)
    assert crop.shape == (size, size, 3)
    assert crop.dtype == np.uint8
    assert difference(crop, plainly_reflected(IMAGE, BOXES[name], scale, size)) == 0


@pytest.mark.parametrize("side", [33, 47, 48, 63, 64, 65, 96, 97, 150, 320, 799, 801, 830])
def test_means_are_those_of_integers(side: int) -> None:
    """Of coarse levels, so that many lie between two integers."""
    coarse = np.random.default_rng(side).integers(0, 6, (side, side, 3)).astype(np.uint8) * 51
    crop = reflected_crop(coarse, Box(0, 0, side, side), 1.0, 32)
    means = np.asarray(cv2.resize(coarse, (32, 32), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    assert difference(crop, means) == 0


def test_reflected_takes_the_corner_from_the_growth_before_rounding() -> None:
    """30.5 times 1.5 is 45.75: half of it, not half of 45, lies left of the centre."""
    ramp = np.repeat(np.arange(200, dtype=np.uint8)[None, :, None], 200, axis=0).repeat(3, axis=2)
    crop = reflected_crop(ramp, Box(90, 90, 120.5, 120.5), 1.5, 45)
    assert crop[0, 0, 0] == int(105.25 - 45.75 / 2) == 82
    crop = reflected_crop(ramp, Box(90, 90, 120.2, 120.2), 1.5, 45)
    assert crop[0, 0, 0] == int(105.1 - 45.3 / 2) == 82


def test_reflected_mirrors_without_repeating_the_border() -> None:
    ramp = np.repeat(np.arange(100, dtype=np.uint8)[None, :, None], 100, axis=0).repeat(3, axis=2)
    crop = reflected_crop(ramp, Box(0, 30, 20, 50), 2.0, 40)
    assert crop[0, :, 0].tolist() == [*range(10, 0, -1), *range(30)]


def test_shifted_moves_and_does_not_cut() -> None:
    ramp = np.repeat(np.arange(100, dtype=np.uint8)[None, :, None], 100, axis=0).repeat(3, axis=2)
    crop = shifted_crop(ramp, Box(0, 30, 20, 50), 2.0, 41)
    assert crop[0, :, 0].tolist() == list(range(41))
    crop = shifted_crop(ramp, Box(80, 30, 100, 50), 2.0, 41)
    assert crop[0, :, 0].tolist() == list(range(59, 100))


def test_colours_stay_in_order() -> None:
    red = np.zeros((90, 90, 3), np.uint8)
    red[..., 0] = 200
    for rule in CROP_RULES.values():
        assert np.all(rule(red, Box(0, 0, 50, 50), 2.0, 64) == [200, 0, 0])


@pytest.mark.parametrize(
    ("box", "first", "shape"),
    [
        (Box(3, 4, 10, 12), (4, 3), (8, 7)),
        (Box(-5, -6, 2.5, 1.5), (0, 0), (2, 3)),
        (Box(90, 40, 130, 70), (40, 90), (10, 10)),
        (Box(200, 200, 201, 201), (49, 99), (1, 1)),
    ],
)
def test_pixels_under_a_box_within_the_image(
    box: Box, first: tuple[int, int], shape: tuple[int, int]
) -> None:
    image = np.arange(50 * 100 * 3, dtype=np.uint64).reshape(50, 100, 3).astype(np.uint8)
    pixels = pixels_under(image, box)
    assert pixels.shape == (*shape, 3)
    assert np.shares_memory(pixels, image)
    assert pixels[0, 0].tolist() == image[first].tolist()


def test_rules_by_name() -> None:
    assert {"shifted": shifted_crop, "reflected": reflected_crop} == CROP_RULES
