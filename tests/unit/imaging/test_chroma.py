import cv2
import numpy as np
import pytest

from bonaface.imaging.chroma import coloured_share, is_grey
from bonaface.imaging.types import RgbImage
from support.pictures.picture import jpeg, picture, read_by_pillow


def _grey(image: RgbImage) -> RgbImage:
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2RGB), np.uint8)


def _faded(image: RgbImage, saturation: float) -> RgbImage:
    mixed = _grey(image) * (1 - saturation) + image * saturation
    return np.asarray(mixed.round(), np.uint8)


def _as_video(image: RgbImage) -> RgbImage:
    """Through YUV of limited range, chroma at half resolution."""
    yuv = cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420)
    return np.asarray(cv2.cvtColor(yuv, cv2.COLOR_YUV2RGB_I420), np.uint8)


@pytest.mark.parametrize("quality", [20, 60, 95])
@pytest.mark.parametrize("subsampling", [0, 2])
def test_a_grey_picture_is_grey_after_jpeg(portrait_pixels: RgbImage, quality: int, subsampling: int) -> None:
    decoded = read_by_pillow(jpeg(_grey(portrait_pixels), quality=quality, subsampling=subsampling))
    assert is_grey(decoded)


def test_a_grey_picture_is_grey_after_resizing_and_video(portrait_pixels: RgbImage) -> None:
    grey = _grey(portrait_pixels)
    small = np.asarray(cv2.resize(grey, (222, 134), interpolation=cv2.INTER_CUBIC), np.uint8)
    assert coloured_share(small) == 0
    assert is_grey(_as_video(small))


@pytest.mark.parametrize("quality", [20, 60, 95])
def test_a_coloured_picture_is_not(portrait_pixels: RgbImage, quality: int) -> None:
    assert not is_grey(portrait_pixels)
    assert not is_grey(read_by_pillow(jpeg(portrait_pixels, quality=quality)))
    assert not is_grey(_faded(portrait_pixels, 0.3))


@pytest.mark.parametrize("factors", [(1.1, 0.98, 0.8), (1.0, 0.95, 1.05)])
def test_a_tint_is_a_colour(portrait_pixels: RgbImage, factors: tuple[float, float, float]) -> None:
    tinted = np.clip(_grey(portrait_pixels) * np.array(factors), 0, 255).astype(np.uint8)
    assert not is_grey(tinted)


def test_a_written_time_is_no_colour_and_a_coloured_corner_is_one() -> None:
    grey = _grey(picture(640, 480))
    for side, expected in ((40, True), (160, False)):
        stamped = grey.copy()
        stamped[:side, :side] = (250, 220, 0)
        assert is_grey(stamped) == expected


@pytest.mark.parametrize("plane", [0, 1, 2])
def test_each_plane_counts_from_five_levels_on(plane: int) -> None:
    for levels, expected in ((4, True), (5, False)):
        image = np.full((50, 40, 3), 100, np.uint8)
        image[..., plane] += levels
        assert is_grey(image) == expected


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 900), (900, 1), (31, 33), (63, 65)])
def test_any_size(height: int, width: int) -> None:
    image = np.full((height, width, 3), 7, np.uint8)
    assert coloured_share(image) == 0
    image[..., 2] = 90
    assert coloured_share(image) == 1
