import pytest

from bonaface.errors import UnsupportedImageFormatError
from bonaface.imaging.bars import Content, content_of
from bonaface.imaging.decode import decode
from bonaface.imaging.types import RgbImage
from bonaface.settings import ImageLimits
from bonaface.speed.sample import BRIGHT, DARK, on_canvas
from support.pictures import images


def _pixels(portrait: bytes) -> RgbImage:
    return decode(on_canvas(portrait), ImageLimits())


def test_the_portrait_before_a_wall_that_is_not_taken_for_bars(
    portrait: bytes, portrait_pixels: RgbImage
) -> None:
    pixels = _pixels(portrait)

    assert pixels.shape == (480, 640, 3)
    assert content_of(pixels) == Content(0, 0, 640, 480)
    for wall in (pixels[:, :70], pixels[:, -70:]):
        assert DARK - 10 < wall.min() < wall.max() < BRIGHT + 10
    middle = pixels[:, 80:560].reshape(-1, 3).mean(axis=0)
    assert middle == pytest.approx(portrait_pixels.reshape(-1, 3).mean(axis=0), abs=3)


@pytest.mark.parametrize("side", [100, 480, 1000])
def test_a_portrait_of_any_size(side: int) -> None:
    pixels = _pixels(images.png(side, side, (10, 200, 30)))
    assert pixels[240, 320] == pytest.approx([10, 200, 30], abs=4)


def test_what_is_no_image_is_refused() -> None:
    with pytest.raises(UnsupportedImageFormatError):
        on_canvas(images.gif())
