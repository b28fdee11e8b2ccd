from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bonaface.imaging.types import RgbImage
from bonaface.liveness.context import ContextCorrectedModel, correction, visible_scale
from bonaface.models.catalog import ContextShift
from bonaface.types import Box

SHIFT = ContextShift(least=1.2, full=2.0, log_odds=4.0)


class _Constant:
    """Gives every face the same log-odds and counts its warm-ups."""

    warm_ups = 0

    def log_odds(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
        return np.full(len(boxes), 5.0)

    def warm_up(self) -> None:
        self.warm_ups += 1


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (Box(0, 0, 200, 100), 1.0),
        (Box(0, 0, 100, 100), 1.0),
        (Box(50, 20, 100, 70), 2.0),
        (Box(0, 0, 20, 50), 2.0),
        (Box(5, 5, 5.2, 5.2), 100.0),
    ],
)
def test_visible_scale_is_that_of_the_tighter_side(box: Box, expected: float) -> None:
    image = np.zeros((101, 201, 3), dtype=np.uint8)
    assert visible_scale(image, box) == pytest.approx(expected)


def test_correction_is_a_ramp() -> None:
    scales = np.array([0.9, 1.2, 1.6, 2.0, 4.0])
    assert correction(scales, SHIFT) == pytest.approx([0, 0, 2, 4, 4])


@given(st.floats(0.5, 10), st.floats(0, 5))
def test_more_scene_never_takes_less_off(scale: float, more: float) -> None:
    less, greater = correction(np.array([scale, scale + more]), SHIFT)
    assert 0 <= less <= greater <= SHIFT.log_odds


def test_each_face_is_corrected_by_its_own_framing() -> None:
    image = np.zeros((101, 101, 3), dtype=np.uint8)
    model = ContextCorrectedModel(_Constant(), SHIFT)
    tight, wide = model.log_odds(image, [Box(0, 0, 100, 100), Box(0, 0, 40, 40)])
    assert (tight, wide) == pytest.approx((5.0, 1.0))
    assert model.log_odds(image, []).shape == (0,)


def test_warm_up_reaches_the_model() -> None:
    inner = _Constant()
    ContextCorrectedModel(inner, SHIFT).warm_up()
    assert inner.warm_ups == 1


def test_a_ramp_must_rise() -> None:
    with pytest.raises(ValueError, match="full must be more than least"):
        ContextShift(least=2.0, full=2.0, log_odds=1.0)
