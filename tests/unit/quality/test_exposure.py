import numpy as np
import pytest

from bonaface.quality.exposure import TOO_BRIGHT_ABOVE, TOO_DARK_BELOW, mean_luma


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ((0, 0, 0), 0),
        ((255, 255, 255), 255),
        ((255, 0, 0), 0.299 * 255),
        ((0, 255, 0), 0.587 * 255),
        ((0, 0, 255), 0.114 * 255),
    ],
)
def test_luma_of_bt_601(colour: tuple[int, int, int], expected: float) -> None:
    face = np.full((5, 7, 3), colour, np.uint8)
    assert mean_luma(face) == pytest.approx(expected, abs=0.6)


def test_mean_over_the_whole_face() -> None:
    face = np.zeros((4, 4, 3), np.uint8)
    face[:, :1] = 200
    assert mean_luma(face) == 50.0
    assert mean_luma(face[:, 1:]) == 0.0


def test_one_pixel() -> None:
    assert mean_luma(np.full((1, 1, 3), 90, np.uint8)) == 90.0


def test_limits_are_in_order() -> None:
    assert 0 < TOO_DARK_BELOW < TOO_BRIGHT_ABOVE < 255
