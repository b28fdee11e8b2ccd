"""Turning against Pillow's reading of each orientation."""

import numpy as np
import pytest
from PIL import Image

from bonaface.imaging.turn import turn_upright
from support.pictures.picture import picture

PILLOW = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@pytest.mark.parametrize("orientation", PILLOW)
def test_turned(orientation: int) -> None:
    expected = np.asarray(Image.fromarray(picture()).transpose(PILLOW[orientation]))
    turned = turn_upright(picture(), orientation)
    assert np.array_equal(turned, expected)
    assert turned.flags.c_contiguous


def test_upright_is_not_copied() -> None:
    stored = picture()
    assert turn_upright(stored, 1) is stored
