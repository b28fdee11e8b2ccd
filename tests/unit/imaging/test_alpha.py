"""Compositing over white, against the formula in floats."""

import numpy as np
import pytest

from bonaface.imaging.alpha import lay_over_white, paint_key_white, to_eight_bits


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("height", [1, 64, 65, 200])
def test_over_white(kind: type[np.uint16], height: int) -> None:
    top = np.iinfo(kind).max
    bgra = np.random.default_rng(height).integers(0, top + 1, (height, 30, 4)).astype(kind)
    share = bgra[..., 3:] / top
    expected = (bgra[..., 2::-1] / top * share + 1 - share) * 255
    flat = lay_over_white(bgra)
    assert flat.dtype == np.uint8
    assert np.abs(flat - expected).max() <= 1.6


def test_every_colour_with_every_opacity() -> None:
    colour, alpha = np.mgrid[:256, :256]
    bgra = np.stack([colour, colour, colour, alpha], axis=-1).astype(np.uint8)
    expected = 255 - (255 - colour) * alpha / 255
    assert np.abs(lay_over_white(bgra)[..., 0] - expected).max() <= 0.5


def test_key() -> None:
    grey = np.array([[5, 6], [7, 5]], np.uint16) * 257
    assert paint_key_white(grey, 5 * 257)[..., 0].tolist() == [[255, 6], [7, 255]]
    assert paint_key_white(to_eight_bits(grey).astype(np.uint8), 7)[..., 2].tolist() == [[5, 6], [255, 5]]
