import cv2
import numpy as np
import pytest

from bonaface.imaging.types import RgbImage
from bonaface.quality.sharpness import BLURRED_BELOW, sharpness


def _blurred(face: RgbImage, sigma: float) -> RgbImage:
    return np.asarray(cv2.GaussianBlur(face, (0, 0), sigma), np.uint8)


@pytest.fixture
def face(portrait_pixels: RgbImage) -> RgbImage:
    return portrait_pixels[55:179, 178:271]


def test_flat_is_zero() -> None:
    assert sharpness(np.full((90, 70, 3), 128, np.uint8)) == 0.0


def test_variance_of_the_laplacian_at_64() -> None:
    """A checkerboard of one-pixel squares: every Laplacian is +-4 x 255."""
    grid = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert sharpness(np.stack([grid] * 3, axis=-1)) == pytest.approx((4 * 255) ** 2)


def test_falls_with_blur(face: RgbImage) -> None:
    values = [sharpness(face), *(sharpness(_blurred(face, sigma)) for sigma in (1, 2, 4, 8))]
    assert values == sorted(values, reverse=True)
    assert values[0] > BLURRED_BELOW > values[-1]


def test_hardly_depends_on_size(face: RgbImage) -> None:
    twice = np.asarray(cv2.resize(face, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
    assert sharpness(twice) == pytest.approx(sharpness(face), rel=0.25)


def test_one_pixel() -> None:
    assert sharpness(np.full((1, 1, 3), 90, np.uint8)) == 0.0
