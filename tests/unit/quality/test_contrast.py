"""Light and dark on a face."""

import numpy as np
import pytest

from bonaface.quality.contrast import contrast


def stripes(low: int, high: int, share: float = 0.5) -> np.ndarray:
    face = np.full((128, 128, 3), low, np.uint8)
    face[: round(128 * share)] = high
    return face


@pytest.mark.parametrize(("low", "high"), [(0, 255), (100, 130), (80, 80)])
def test_levels_between_dark_and_light(low: int, high: int) -> None:
    assert contrast(stripes(low, high)) == high - low


def test_a_spot_of_light_is_none() -> None:
    assert contrast(stripes(80, 255, 0.03)) == 0
