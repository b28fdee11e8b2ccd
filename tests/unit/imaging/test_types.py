"""The size that the header promises."""

import pytest

from bonaface.imaging.types import ImageFormat, ImageHeader


@pytest.mark.parametrize("orientation", range(1, 9))
def test_upright_size(orientation: int) -> None:
    header = ImageHeader(ImageFormat.PNG, 30, 20, orientation, 8, 3, progressive=False)
    assert header.upright_size == ((30, 20) if orientation < 5 else (20, 30))
    assert header.pixels == 600
