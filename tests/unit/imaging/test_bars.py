"""Bars that were put round a picture are told from what a camera saw."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonaface.geometry import Box
from bonaface.imaging.bars import LEAST_SIDE, Content, content_of
from bonaface.imaging.picture import LEAST_SIDE as OVERVIEW
from bonaface.imaging.picture import Picture, View
from bonaface.imaging.shrink import halved
from bonaface.imaging.types import RgbImage
from support.pictures.large import jpeg_of

BLACK, WHITE, GREY, BLUE = (0, 0, 0), (255, 255, 255), (128, 128, 128), (20, 60, 200)
COLOURS = (BLACK, WHITE, GREY, BLUE)
Sides = tuple[int, int, int, int]


def barred(image: RgbImage, sides: Sides, colour: tuple[int, int, int]) -> RgbImage:
    """sides: rows above and below, columns before and after."""
    return np.asarray(cv2.copyMakeBorder(image, *sides, cv2.BORDER_CONSTANT, value=colour), np.uint8)


def read(data: bytes) -> RgbImage:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB), np.uint8)


def within(image: RgbImage, sides: Sides) -> Content:
    above, below, before, after = sides
    return Content(before, above, image.shape[1] - after, image.shape[0] - below)


def whole(image: RgbImage) -> Content:
    return within(image, (0, 0, 0, 0))


WIDTHS = st.one_of(st.just(0), st.integers(1, 300))


@given(st.tuples(WIDTHS, WIDTHS, WIDTHS, WIDTHS), st.sampled_from(COLOURS))
def test_what_is_left_does_not_depend_on_the_bars(
    portrait_pixels: RgbImage, sides: Sides, colour: tuple[int, int, int]
) -> None:
    image = barred(portrait_pixels, sides, colour)
    assert content_of(image) == within(image, sides)


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("sides", [(51, 51, 51, 51), (130, 131, 0, 0), (0, 0, 24, 99)])
@pytest.mark.parametrize("quality", [60, 75, 92])
def test_bars_in_a_jpeg(
    portrait_pixels: RgbImage, sides: Sides, colour: tuple[int, int, int], quality: int
) -> None:
    image = read(jpeg_of(barred(portrait_pixels, sides, colour), quality))
    found, right = content_of(image), within(image, sides)
    for side in ("x0", "y0", "x1", "y1"):
        assert abs(getattr(found, side) - getattr(right, side)) <= 2


@pytest.mark.parametrize("factor", [0.37, 0.7, 1.3])
def test_bars_in_a_picture_that_was_resized(portrait_pixels: RgbImage, factor: float) -> None:
    big = barred(portrait_pixels, (90, 90, 60, 60), BLACK)
    shape = round(big.shape[1] * factor), round(big.shape[0] * factor)
    found = content_of(np.asarray(cv2.resize(big, shape, interpolation=cv2.INTER_AREA), np.uint8))
    assert found.y0 == pytest.approx(90 * factor, abs=2)
    assert found.x1 == pytest.approx(572 * factor, abs=2)


def test_bars_of_several_colours_within_each_other(portrait_pixels: RgbImage) -> None:
    image = barred(barred(portrait_pixels, (20, 20, 20, 20), WHITE), (100, 100, 0, 0), BLACK)
    assert content_of(image) == Content(20, 120, 532, 632)


def test_a_picture_without_bars_is_left_whole(portrait_pixels: RgbImage) -> None:
    assert content_of(portrait_pixels) == whole(portrait_pixels)


def test_what_ends_at_no_straight_edge_is_of_the_scene(portrait_pixels: RgbImage) -> None:
    """A head in front of a wall that is burnt out."""
    image = np.full((400, 400, 3), 255, np.uint8)
    cv2.ellipse(image, (200, 330), (120, 160), 0, 0, 360, (90, 60, 50), -1)
    assert content_of(image) == whole(image)


@pytest.mark.parametrize("axes", [(58, 95), (95, 58), (70, 70), (110, 40)])
@pytest.mark.parametrize("colour", COLOURS)
def test_a_head_that_was_cut_out_is_left_whole(
    portrait_pixels: RgbImage, axes: tuple[int, int], colour: tuple[int, int, int]
) -> None:
    oval = cv2.ellipse(np.zeros((512, 512), np.uint8), (224, 124), axes, 0, 0, 360, 1, -1)
    image = np.where(oval[:, :, None] > 0, portrait_pixels, np.array(colour, np.uint8)).astype(np.uint8)
    assert content_of(image[:260, 80:400]) == whole(image[:260, 80:400])


@pytest.mark.parametrize("turn", [0.0, 0.4])
def test_the_dark_bezel_of_a_screen_stays(portrait_pixels: RgbImage, turn: float) -> None:
    """As a camera sees it: no sharper than three pixels, or not quite straight."""
    image = barred(portrait_pixels, (40, 40, 40, 40), BLACK)
    matrix = cv2.getRotationMatrix2D((296, 296), turn, 1.0)
    seen = cv2.GaussianBlur(cv2.warpAffine(image, matrix, (592, 592)), (0, 0), 1.5)
    assert content_of(np.asarray(seen, np.uint8)) == Content(0, 0, 592, 592)


@pytest.mark.parametrize("shape", [(80, 80), (300, 200), (1, 1), (2, 500)])
def test_an_image_of_one_colour_is_left_whole(shape: tuple[int, int]) -> None:
    image = np.full((*shape, 3), 7, np.uint8)
    assert content_of(image) == whole(image)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_something_is_always_left(height: int, width: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    image = np.where(generator.random((height, width, 1)) < 0.02, np.uint8(255), np.uint8(0)).repeat(
        3, axis=2
    )
    found = content_of(image)
    assert found.x1 - found.x0 >= min(LEAST_SIDE, width)
    assert found.y1 - found.y0 >= min(LEAST_SIDE, height)


def test_views_are_cut_and_speak_of_the_whole_picture(portrait_pixels: RgbImage) -> None:
    photo = np.asarray(cv2.resize(portrait_pixels, (2000, 2000), interpolation=cv2.INTER_CUBIC), np.uint8)
    pixels = barred(photo, (0, 0, 1003, 997), GREY)
    picture = Picture(4000, 2000, lambda: pixels, View(halved(pixels), 2))
    assert pixels.shape[1] == 4 * OVERVIEW
    assert picture.content == Content(1004, 0, 3004, 2000)
    view = picture.overview
    assert (view.reduction, view.left, view.top) == (4, 251, 0)
    assert view.pixels.shape == (500, 500, 3)
    assert view.box_in(Box(1004, 40, 1404, 440)) == Box(0, 10, 100, 110)
    small = picture.view_of(Box(1000, 0, 1100, 100))
    assert np.array_equal(small.pixels, pixels[:, 1004:3004])
    assert picture.decode() is pixels
