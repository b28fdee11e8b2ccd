import math

import numpy as np
import pytest

from bonaface.detection.refiner import Refiner
from bonaface.detection.two_stage import TwoStageDetector
from bonaface.geometry import Box, Landmarks, Point
from bonaface.imaging.types import RgbImage
from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import SessionOptions
from bonaface.types import Detection
from support.models.networks import constant


class _Finder:
    """Finds the boxes that it was given."""

    def __init__(self, *boxes: Box) -> None:
        self._boxes = boxes
        self.is_warm = False

    def detect(self, image: RgbImage) -> tuple[Detection, ...]:
        return tuple(Detection(box, Landmarks(*[Point(0, 0)] * 5), 0.8) for box in self._boxes)

    def warm_up(self) -> None:
        self.is_warm = True


def _two_stage(finder: _Finder) -> TwoStageDetector:
    answers = {
        "face": np.array([[0.25, 0.25, 0.75, 0.75, *([0.5] * 10)]], np.float32),
        "person": np.array([[5.0]], np.float32),
    }
    return TwoStageDetector(
        finder, Refiner(session_factory()(lambda: constant(answers, "crop"), SessionOptions()))
    )


def test_boxes_and_landmarks_are_those_of_the_closer_look() -> None:
    (face,) = _two_stage(_Finder(Box(50, 50, 150, 150))).detect(np.zeros((300, 300, 3), np.uint8))
    expected = Detection(Box(60, 60, 140, 140), Landmarks(*[Point(100, 100)] * 5), 0.8, face.person)
    assert face == expected
    assert face.person == pytest.approx(math.log(0.8 / 0.2) + 5)  # both looks together


def test_nothing_found_nothing_aligned() -> None:
    assert _two_stage(_Finder()).detect(np.zeros((300, 300, 3), np.uint8)) == ()


def test_both_are_warmed_up() -> None:
    finder = _Finder()
    _two_stage(finder).warm_up()
    assert finder.is_warm
