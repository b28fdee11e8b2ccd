"""The size that the header promises."""

import pytest

from bonaface.imaging.types import ImageFormat, ImageHeader


@pytest.mark.parametrize("orientation", range(1, 9))
def test_upright_size(orientation: int) -> None:
    header = ImageHeader(ImageFormat.PNG, 30, 20, orientation, 8, 3, progressive=False)
    assert header.upright_size == ((30, 20) if orientation < 5 else (20, 30))
    assert header.pixels == 600


@pytest.mark.parametrize(
    ("form", "bits", "channels", "counted"),
    [
        (ImageFormat.PNG, 8, 4, 600),
        (ImageFormat.PNG, 16, 1, 1200),
        (ImageFormat.PNG, 16, 4, 1200),
        (ImageFormat.JPEG, 8, 3, 600),
        (ImageFormat.JPEG, 8, 4, 1200),
    ],
)
def test_wide_pixels_count_twice(form: ImageFormat, bits: int, channels: int, counted: int) -> None:
    header = ImageHeader(form, 30, 20, 1, bits, channels, progressive=False)
    assert header.counted_pixels == counted
