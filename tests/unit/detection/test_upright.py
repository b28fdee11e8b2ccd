"""Faces that lie on their side or stand on their head, found with the shipped weights."""

import cv2
import numpy as np
import pytest

from bonaface import Analyzer
from bonaface.detection.upright import CERTAIN, LEAST_UPRIGHT, SURE, AnyOrientation
from bonaface.geometry import Box, Landmarks, Point
from bonaface.imaging.turn import turned
from bonaface.imaging.types import RgbImage
from bonaface.quality.pose import estimate_pose
from bonaface.types import Detection

UPRIGHT = Landmarks(Point(30, 30), Point(70, 30), Point(50, 50), Point(35, 70), Point(65, 70))


def _near(box: Box, other: Box, share: float) -> bool:
    slack = share * max(other.width, other.height)
    pairs = zip((box.x0, box.y0, box.x1, box.y1), (other.x0, other.y0, other.x1, other.y1), strict=True)
    return all(abs(one - same) <= slack for one, same in pairs)


@pytest.mark.parametrize(("quarters", "roll"), [(1, 90), (2, 180), (3, -90)])
def test_a_picture_in_another_quarter_turn(
    analyzer: Analyzer, portrait_pixels: RgbImage, quarters: int, roll: float
) -> None:
    (upright,) = analyzer.analyze(portrait_pixels).faces
    (face,) = analyzer.analyze(turned(portrait_pixels, quarters)).faces
    size = portrait_pixels.shape[1], portrait_pixels.shape[0]
    assert _near(face.box, upright.box.turned(quarters, *size), 0.05)
    assert abs((face.pose.roll - upright.pose.roll - roll + 180) % 360 - 180) < 5
    assert face.pose.yaw == pytest.approx(upright.pose.yaw, abs=5)
    assert face.liveness_score == pytest.approx(upright.liveness_score, abs=0.1)
    for point, same in zip(face.landmarks, upright.landmarks, strict=True):
        moved = same.turned(quarters, *size)
        assert np.hypot(point.x - moved.x, point.y - moved.y) < 0.05 * upright.box.height


@pytest.mark.parametrize("angle", range(-165, 181, 15))
def test_a_head_at_any_roll(analyzer: Analyzer, portrait_pixels: RgbImage, angle: int) -> None:
    height, width = portrait_pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 0.7)
    image = np.asarray(cv2.warpAffine(portrait_pixels, matrix, (width, height)), np.uint8)
    (face,) = analyzer.analyze(image).faces
    (upright,) = analyzer.analyze(portrait_pixels).faces
    assert abs((face.pose.roll - upright.pose.roll - angle + 180) % 360 - 180) < 15
    x, y = matrix @ (upright.landmarks.nose.x, upright.landmarks.nose.y, 1.0)
    assert face.box.x0 < x < face.box.x1
    assert face.box.y0 < y < face.box.y1


def test_faces_that_lie_each_in_its_own_way(analyzer: Analyzer, portrait_pixels: RgbImage) -> None:
    tile = np.asarray(cv2.resize(portrait_pixels[0:240, 110:350], (240, 240)), np.uint8)
    faces = analyzer.analyze(np.hstack([turned(tile, quarters) for quarters in range(4)])).faces
    found = sorted(faces, key=lambda face: face.box.x0)
    assert [face.landmarks.quarters for face in found] == [0, 1, 2, 3]


class _Finder:
    """Finds an upright face of the given confidence, and counts how often it is asked."""

    def __init__(self, confidence: float) -> None:
        self._confidence = confidence
        self.asked = 0

    def detect(self, image: RgbImage) -> tuple[Detection, ...]:
        self.asked += 1
        return (Detection(Box(20, 20, 80, 80), UPRIGHT, self._confidence),)

    def warm_up(self) -> None:
        self.asked += 1


def test_a_sure_finder_is_asked_once() -> None:
    finder = _Finder(CERTAIN)
    (face,) = AnyOrientation(finder).detect(np.zeros((100, 100, 3), np.uint8))
    assert (face.landmarks, finder.asked) == (UPRIGHT, 1)
    doubtful = _Finder(LEAST_UPRIGHT - 0.01)
    AnyOrientation(doubtful).detect(np.zeros((100, 100, 3), np.uint8))
    assert doubtful.asked > 4


class _SurerOfLightFromAbove(_Finder):
    """Less sure by 0.03 where the upper half is not the brighter one."""

    def detect(self, image: RgbImage) -> tuple[Detection, ...]:
        (face,) = super().detect(image)
        half = image.shape[0] // 2
        is_lit = image[:half].mean() > image[half:].mean()
        return (Detection(face.box, face.landmarks, face.confidence - (0.0 if is_lit else 0.03)),)


@pytest.mark.parametrize(("quarters", "asked"), [(0, 5), (2, 14)])
def test_a_doubtful_face_that_is_surest_upright_by_itself_is_upright(quarters: int, asked: int) -> None:
    finder = _SurerOfLightFromAbove(SURE - 0.01)
    lit = np.zeros((100, 100, 3), np.uint8)
    lit[:50] = 200
    (face,) = AnyOrientation(finder).detect(turned(lit, quarters))
    assert (face.landmarks.quarters, finder.asked) == (quarters, asked)


@pytest.mark.parametrize("quarters", range(4))
def test_the_way_from_eyes_to_mouth_tells_how_a_head_lies(quarters: int) -> None:
    face = Detection(Box(20, 20, 80, 80), UPRIGHT, 0.9).turned(quarters, 100, 100)
    assert face.landmarks.quarters == quarters
    assert face.turned(-quarters, 100, 100).landmarks == UPRIGHT
    roll = estimate_pose(face.landmarks).roll
    assert abs((roll - 90 * quarters + 180) % 360 - 180) < 1


def test_a_quarter_turn_of_an_image_that_is_not_square() -> None:
    image = np.random.default_rng(4).integers(0, 256, (30, 50, 3), np.uint8)
    for quarters in range(-1, 5):
        assert np.array_equal(turned(image, quarters), np.rot90(image, -quarters))
    red = image.copy()
    red[10:12, 40:45] = (255, 0, 1)
    box = Box(40, 10, 45, 12).turned(1, 50, 30)
    assert (turned(red, 1)[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] == (255, 0, 1)).all()
