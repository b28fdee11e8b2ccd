"""What hiding parts tells, on models whose reasons are known."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from bonaface.geometry import Box, Landmarks, Point
from bonaface.imaging.picture import Picture
from bonaface.imaging.types import RgbImage
from bonaface.liveness.occlusion import GRID, heatmap_of, occluded, region_of
from bonaface.types import Detection

BOX = Box(60, 60, 140, 140)
PART = (slice(40, 60), slice(120, 140))
"""Rows and columns of the part at row 1 and column 5 of the grid, which is from 20 to 180."""
UPRIGHT = Landmarks(Point(80, 80), Point(120, 80), Point(100, 100), Point(85, 120), Point(115, 120))


class Textured:
    """Log-odds by how much a part of the image varies: the one thing that it looks at."""

    def __init__(self, part: tuple[slice, slice], sign: float) -> None:
        self.part = part
        self.sign = sign

    def log_odds(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
        return np.array([self.sign * image[self.part].std() for _ in boxes], np.float64)

    def warm_up(self) -> None:
        return


def _noise(height: int = 200, width: int = 200) -> RgbImage:
    return np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)


def _never() -> None:
    return


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_one_part_that_a_model_looks_at_has_all_the_heat(sign: float) -> None:
    image = _noise()
    before = image.copy()
    cells = occluded(Textured(PART, sign), image, BOX, region_of(BOX, 200, 200), _never)
    assert cells.shape == (GRID, GRID)
    assert np.argwhere(cells).tolist() == [[1, 5]]
    assert cells[1, 5] * sign > 20
    assert (image == before).all()


def test_the_region_is_twice_the_face_and_ends_at_the_image() -> None:
    assert region_of(BOX, 200, 200) == Box(20, 20, 180, 180)
    assert region_of(BOX, 150, 130) == Box(20, 20, 150, 130)
    assert region_of(Box(0, 0, 40, 40), 200, 200) == Box(0, 0, 60, 60)


@pytest.mark.parametrize(("quarters", "expected"), [(0, (1, 5)), (1, (5, 6)), (2, (6, 2)), (3, (2, 1))])
def test_the_map_of_a_turned_face_lies_as_its_image_does(quarters: int, expected: tuple[int, int]) -> None:
    face = Detection(BOX, UPRIGHT, 1.0).turned(quarters, 200, 200)
    found = heatmap_of(Textured(PART, 1.0), Picture.of(_noise()), face, _never)
    assert np.argwhere(found.cells).tolist() == [list(expected)]
    assert found.region == Box(20, 20, 180, 180)
    assert found.png.startswith(b"\x89PNG")


def test_of_a_large_image_the_region_is_in_its_own_pixels() -> None:
    image = np.repeat(np.repeat(_noise(), 10, axis=0), 10, axis=1)
    face = Detection(BOX, UPRIGHT, 1.0).scaled(10)
    found = heatmap_of(Textured((slice(0, 9), slice(0, 9)), 1.0), Picture.of(image), face, _never)
    assert found.region == Box(200, 200, 1800, 1800)


def test_it_may_be_ended_before_each_row() -> None:
    checks = iter([None] * 3)
    with pytest.raises(StopIteration):
        occluded(Textured(PART, 1), _noise(), BOX, region_of(BOX, 200, 200), lambda: next(checks))


def test_a_face_of_a_few_pixels_has_a_map() -> None:
    box = Box(0, 0, 2, 2)
    cells = occluded(Textured(PART, 1), _noise(), box, region_of(box, 200, 200), _never)
    assert not cells.any()
