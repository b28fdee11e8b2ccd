"""Fewer pixels: exact means, no pixel left out, the size that was asked for."""

import numpy as np
import pytest

from bonaface.imaging.shrink import halved, resized
from bonaface.imaging.types import RgbImage
from support.pictures.picture import difference, picture


def noise(width: int, height: int) -> RgbImage:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


def test_halving_takes_the_mean_of_each_four_pixels() -> None:
    image = noise(64, 48)
    means = image.reshape(24, 2, 32, 2, 3).astype(int).sum(axis=(1, 3))
    assert np.array_equal(halved(image), (means + 2) // 4)


@pytest.mark.parametrize(("width", "height"), [(65, 48), (64, 49), (65, 49), (1, 49), (65, 1), (1, 1)])
def test_odd_edges_are_kept(width: int, height: int) -> None:
    image = noise(width, height)
    half = halved(image)
    assert half.shape == (-(-height // 2), -(-width // 2), 3)
    even = halved(image[: height // 2 * 2, : width // 2 * 2]) if min(width, height) > 1 else half[:0, :0]
    assert np.array_equal(half[: even.shape[0], : even.shape[1]], even)
    corner = image[(height - 1) // 2 * 2 :, (width - 1) // 2 * 2 :].reshape(-1, 3).mean(axis=0)
    assert np.abs(half[-1, -1] - corner).max() <= 0.5


def test_halving_reads_a_view_and_writes_nothing_to_it() -> None:
    image = noise(64, 48)
    image.setflags(write=False)
    assert np.array_equal(halved(image[8:40, 4:60]), halved(image[8:40, 4:60].copy()))


@pytest.mark.parametrize("size", [(112, 96), (56, 48), (96, 64), (30, 90), (20, 10), (1, 1), (320, 256)])
def test_any_size_that_is_asked_for(size: tuple[int, int]) -> None:
    width, height = size
    image = resized(picture(112, 96), width, height)
    assert image.shape == (height, width, 3)
    assert image.dtype == np.uint8


def test_the_size_that_it_has_is_the_image_itself() -> None:
    image = picture(112, 96)
    assert resized(image, 112, 96) is image


@pytest.mark.parametrize("size", [(640, 512), (400, 300), (321, 241), (320, 256), (161, 120)])
def test_noise_is_averaged_away_rather_than_picked_from(size: tuple[int, int]) -> None:
    """As many pixels go into each as the mean over its area has, but for the last step, under two to one."""
    image, (width, height) = noise(1280, 1024), size
    spread = image.astype(float).std()
    area = (1280 / width) * (1024 / height)
    assert resized(image, width, height).astype(float).std() < 2 * spread / np.sqrt(area)


def test_a_smooth_picture_stays_what_it_is() -> None:
    rows, columns = np.mgrid[:1000, :1200] / 8
    image = np.dstack([rows, columns, (rows + columns) / 2]).astype(np.uint8)
    small = resized(image, 320, 256)
    rows, columns = (np.mgrid[:256, :320] + 0.5) * np.array([1000 / 256, 1200 / 320])[:, None, None] / 8
    assert difference(small, np.dstack([rows, columns, (rows + columns) / 2]).astype(np.uint8)) <= 2
