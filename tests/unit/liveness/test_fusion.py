from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bonaface.geometry import Box
from bonaface.imaging.types import RgbImage
from bonaface.liveness.fusion import FusedModel
from bonaface.runtime.helper_pool import HelperPool

BLANK = np.zeros((10, 10, 3), np.uint8)


class Opinion:
    """A member that has an opinion on each face, by the left side of its box, and counts its warm-ups."""

    def __init__(self, *opinions: float) -> None:
        self.opinions = opinions
        self.warmed = 0

    def log_odds(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
        return np.array([self.opinions[int(box.x0)] for box in boxes], np.float64)

    def warm_up(self) -> None:
        self.warmed += 1


def _fuse(members: Sequence[tuple[float, float]], clip: float) -> float:
    model = FusedModel([(Opinion(opinion), weight) for opinion, weight in members], clip)
    (fused,) = model.log_odds(BLANK, [Box(0, 0, 5, 5)])
    return float(fused)


@pytest.mark.parametrize(
    ("members", "clip", "expected"),
    [
        ([(2.0, 1.0)], 10.0, 2.0),
        ([(2.0, 1.0), (4.0, 1.0)], 10.0, 3.0),
        ([(2.0, 3.0), (4.0, 1.0)], 10.0, 2.5),
        ([(50.0, 1.0), (-2.0, 1.0)], 5.0, 1.5),
        ([(-50.0, 1.0), (2.0, 1.0)], 5.0, -1.5),
        ([(5.0, 1.0)], 5.0, 5.0),
    ],
)
def test_weighted_mean_of_clipped_opinions(
    members: Sequence[tuple[float, float]], clip: float, expected: float
) -> None:
    assert _fuse(members, clip) == pytest.approx(expected)


def test_another_clip_with_the_same_members() -> None:
    model = FusedModel([(Opinion(50.0), 1.0), (Opinion(-2.0), 1.0)], 5.0)
    assert model.with_clip(1.0).log_odds(BLANK, [Box(0, 0, 5, 5)]).tolist() == [0.0]
    assert model.log_odds(BLANK, [Box(0, 0, 5, 5)]).tolist() == [1.5]


@given(st.lists(st.tuples(st.floats(-40, 40), st.floats(0.1, 9)), min_size=1, max_size=5), st.floats(0.5, 20))
def test_never_beyond_the_clip_and_only_proportions_of_weights_matter(
    members: list[tuple[float, float]], clip: float
) -> None:
    fused = _fuse(members, clip)
    assert abs(fused) <= clip + 1e-9
    assert fused == pytest.approx(_fuse([(value, 7 * weight) for value, weight in members], clip))


def test_every_face_is_fused_by_itself() -> None:
    model = FusedModel([(Opinion(1, 2, 3), 1.0), (Opinion(3, 2, -5), 1.0)], 4.0)
    boxes = [Box(left, 0, 5, 5) for left in range(3)]
    assert model.log_odds(BLANK, boxes).tolist() == [2, 2, -0.5]


def test_shared_faces_are_fused_to_the_same_bit() -> None:
    members = [(Opinion(*np.random.default_rng(seed).normal(size=20)), 0.1 + seed) for seed in range(3)]
    boxes, helpers = [Box(left, 0, 50, 50) for left in range(20)], HelperPool(2)
    with helpers.lane():
        shared = FusedModel(members, 4.0, helpers).log_odds(BLANK, boxes)
    assert shared.tobytes() == FusedModel(members, 4.0).log_odds(BLANK, boxes).tobytes()


def test_no_face_no_answer() -> None:
    assert FusedModel([(Opinion(), 1.0), (Opinion(), 2.0)], 4.0).log_odds(BLANK, []).shape == (0,)


def test_warms_every_member() -> None:
    members = [Opinion(1), Opinion(2)]
    FusedModel([(member, 1.0) for member in members], 4.0).warm_up()
    assert [member.warmed for member in members] == [1, 1]
