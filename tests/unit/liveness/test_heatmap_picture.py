"""Colours and opacity of a map."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bonaface.liveness.heatmap_picture import ATTACK, BONA_FIDE, MOST_OPAQUE, SIDE, heatmap_picture


def _opened(png: bytes) -> NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED), np.uint8)


def test_blue_speaks_for_bona_fide_red_for_an_attack() -> None:
    cells = np.zeros((8, 8))
    cells[0, 0], cells[7, 7] = 4, -2
    scale, png = heatmap_picture(cells)
    assert scale == 4
    picture = _opened(png)
    assert picture.shape == (SIDE, SIDE, 4)
    assert (tuple(picture[0, 0, 2::-1]), picture[0, 0, 3]) == (BONA_FIDE, MOST_OPAQUE)
    assert (tuple(picture[-1, -1, 2::-1]), picture[-1, -1, 3]) == (ATTACK, MOST_OPAQUE / 2)
    assert picture[0, -1, 3] == 0


@pytest.mark.parametrize("value", [0.0, 0.05])
def test_noise_stays_pale(value: float) -> None:
    scale, png = heatmap_picture(np.full((8, 8), value))
    picture = _opened(png)
    assert (scale, picture[..., 3].max()) == (1.0, round(value * MOST_OPAQUE))
