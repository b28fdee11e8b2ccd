"""Which view a face is taken from, and what has to be decoded for it."""

import numpy as np
import pytest

from bonaface.geometry import Box
from bonaface.imaging.picture import LEAST_FACE, LEAST_SIDE, REDUCTIONS, Picture, View, reduction_of
from bonaface.imaging.shrink import halved
from bonaface.imaging.types import RgbImage

WIDTH, HEIGHT = 4 * LEAST_SIDE, 700


class Decoder:
    """Gives a picture and counts how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0
        self.pixels: RgbImage = np.random.default_rng(2).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)

    def __call__(self) -> RgbImage:
        self.calls += 1
        return self.pixels


def face(side: float, longer: float = 1.0) -> Box:
    return Box(10, 20, 10 + side, 20 + side * longer)


@pytest.fixture
def decoder() -> Decoder:
    return Decoder()


@pytest.fixture
def picture(decoder: Decoder) -> Picture:
    """One whose overview there is already, at a quarter."""
    overview = halved(halved(decoder.pixels))
    return Picture(WIDTH, HEIGHT, decoder, View(overview, 4))


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_the_longer_side_alone_tells_the_reduction(reduction: int) -> None:
    longer = reduction * LEAST_SIDE
    assert reduction_of(longer, 80, LEAST_SIDE) == reduction_of(80, longer, LEAST_SIDE) == reduction
    assert reduction_of(longer - 1, longer - 1, LEAST_SIDE) == reduction // 2


def test_no_reduction_is_past_the_largest() -> None:
    assert reduction_of(10**6, 10**6, 1) == 8
    assert reduction_of(1, 1, 1) == 1


def test_a_small_picture_is_its_own_overview() -> None:
    pixels = np.zeros((100, 2 * LEAST_SIDE - 1, 3), np.uint8)
    picture = Picture.of(pixels)
    assert (picture.width, picture.height) == (2 * LEAST_SIDE - 1, 100)
    assert picture.overview.pixels is pixels
    assert picture.view_of(face(1)).pixels is picture.view_of(face(900)).pixels is picture.decode() is pixels


@pytest.mark.parametrize(
    ("side", "reduction"),
    [
        (4 * LEAST_FACE + 999, 4),
        (4 * LEAST_FACE, 4),
        (4 * LEAST_FACE - 0.1, 2),
        (2 * LEAST_FACE, 2),
        (2 * LEAST_FACE - 0.1, 1),
        (1, 1),
        (0, 1),
    ],
)
def test_the_shorter_side_of_a_face_tells_its_view(picture: Picture, side: float, reduction: int) -> None:
    assert picture.view_of(face(side, longer=1.5)).reduction == reduction
    assert picture.view_of(face(side * 1.5, longer=1 / 1.5)).reduction == reduction


def test_all_pixels_are_decoded_once_and_only_where_a_face_is_small(
    picture: Picture, decoder: Decoder
) -> None:
    large, small = face(4 * LEAST_FACE), face(LEAST_FACE)
    assert not picture.lacks_pixels([large, large])
    picture.view_of(large)
    assert decoder.calls == 0
    assert picture.lacks_pixels([large, small])
    assert picture.view_of(small).pixels is decoder.pixels
    assert picture.decode() is decoder.pixels
    assert not picture.lacks_pixels([small])
    assert decoder.calls == 1


def test_an_overview_is_halved_from_what_there_is(decoder: Decoder) -> None:
    half = halved(decoder.pixels)
    picture = Picture(WIDTH, HEIGHT, decoder, View(half, 2))
    assert np.array_equal(picture.overview.pixels, halved(half))
    assert not picture.lacks_pixels([face(2 * LEAST_FACE)])
    assert picture.view_of(face(2 * LEAST_FACE)).pixels is half
    assert picture.lacks_pixels([face(LEAST_FACE)])
    assert decoder.calls == 0


def test_a_view_between_is_halved_from_all_pixels_once(picture: Picture, decoder: Decoder) -> None:
    half = picture.view_of(face(2 * LEAST_FACE))
    assert np.array_equal(half.pixels, halved(decoder.pixels))
    assert picture.view_of(face(3 * LEAST_FACE)) is half
    assert decoder.calls == 1


def test_the_overview_of_pixels_is_halved_from_them(decoder: Decoder) -> None:
    picture = Picture.of(decoder.pixels)
    assert not picture.lacks_pixels([face(1)])
    assert picture.overview.reduction == 4
    assert np.array_equal(picture.overview.pixels, halved(halved(decoder.pixels)))
    assert picture.decode() is decoder.pixels


def test_what_other_faces_there_are_changes_no_view(picture: Picture) -> None:
    large = picture.view_of(face(4 * LEAST_FACE))
    picture.view_of(face(1))
    assert picture.view_of(face(4 * LEAST_FACE)) is large


def test_faces_by_view_with_their_places(picture: Picture) -> None:
    boxes = [face(4 * LEAST_FACE), face(1), face(5 * LEAST_FACE), face(2 * LEAST_FACE)]
    found = {view.reduction: places for view, places in picture.views_of(boxes)}
    assert found == {4: [0, 2], 1: [1], 2: [3]}
    assert picture.views_of([]) == []


def test_what_decoding_raises_comes_through() -> None:
    def fail() -> RgbImage:
        raise MemoryError

    picture = Picture(WIDTH, HEIGHT, fail, View(np.zeros((175, 1000, 3), np.uint8), 4))
    with pytest.raises(MemoryError):
        picture.decode()
