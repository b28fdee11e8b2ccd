from collections.abc import Sequence
from typing import Self

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bonaface.geometry import Box
from bonaface.imaging.types import RgbImage
from bonaface.liveness.grey import GreyModel
from bonaface.models.catalog import GreyLine
from support.pictures.picture import picture

LINE = GreyLine(slope=2.0, offset=1.5)
LEFT, RIGHT = Box(10, 10, 80, 90), Box(210, 10, 280, 90)
ODDS = (-1.25, 3.0)


class Known:
    """Has the same opinions on any picture, and counts its warm-ups."""

    def __init__(self, *opinions: float) -> None:
        self.opinions = opinions
        self.warmed = 0

    def log_odds(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
        return np.array(self.opinions[: len(boxes)], np.float64)

    def with_clip(self, clip: float) -> Self:
        return type(self)(*(max(-clip, min(value, clip)) for value in self.opinions))

    def warm_up(self) -> None:
        self.warmed += 1


def _grey(width: int = 300, height: int = 200) -> RgbImage:
    luma = cv2.cvtColor(picture(width, height), cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2RGB), np.uint8)


def _judged(image: RgbImage, *boxes: Box) -> list[float]:
    return list(GreyModel(Known(*ODDS), LINE).log_odds(image, boxes).tolist())


def test_log_odds_of_a_grey_picture_are_moved() -> None:
    assert _judged(_grey(), LEFT, RIGHT) == [2 * -1.25 + 1.5, 2 * 3.0 + 1.5]


@given(st.floats(-8, 8, allow_subnormal=False))
def test_log_odds_in_colour_stay_to_the_bit(value: float) -> None:
    (found,) = GreyModel(Known(value), LINE).log_odds(picture(300, 200), [LEFT])
    assert found.tobytes() == np.float64(value).tobytes()


def test_a_grey_face_in_a_coloured_picture_stays() -> None:
    image = picture(300, 200)
    image[:100, :100] = _grey()[:100, :100]
    assert _judged(image, LEFT, RIGHT) == list(ODDS)


def test_a_coloured_face_on_a_grey_picture_stays_and_another_is_moved() -> None:
    image = _grey(1200, 1000)
    image[10:90, 210:280] = picture(70, 80)
    assert _judged(image, LEFT, RIGHT) == [2 * -1.25 + 1.5, 3.0]


def test_a_box_may_reach_beyond_the_picture() -> None:
    assert _judged(_grey(), Box(-30, -20, 400, 500), Box(299, 199, 299, 199)) == [-1.0, 7.5]


def test_another_clip_is_that_of_the_model_and_this_one_stays() -> None:
    model = GreyModel(Known(*ODDS), LINE)
    assert model.with_clip(0.5).log_odds(_grey(), [LEFT, RIGHT]).tolist() == [0.5, 2.5]
    assert model.log_odds(_grey(), [LEFT, RIGHT]).tolist() == [-1.0, 7.5]


def test_no_face_no_answer() -> None:
    for image in (_grey(), picture()):
        assert GreyModel(Known(), LINE).log_odds(image, []).shape == (0,)


def test_warms_the_model() -> None:
    known = Known()
    GreyModel(known, LINE).warm_up()
    assert known.warmed == 1
