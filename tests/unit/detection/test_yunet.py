"""The decoding, against networks that say what the test wants. The real network: test_registry.py."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import pytest

from bonaface.detection.yunet import YuNetDetector, YuNetOptions
from bonaface.imaging.types import RgbImage
from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import SessionOptions, Tensor
from bonaface.types import Detection
from support.models.networks import constant

SIDE = 96
POINTS = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
"""Landmarks in shares of the box, x before y."""


@dataclasses.dataclass
class Said:
    """One cell's answer, in pixels of the input."""

    stride: int
    row: int
    column: int
    score: float
    box: tuple[float, float, float, float]


def _levels(*faces: Said) -> dict[str, Tensor]:
    levels = {stride: np.zeros((1, 15, SIDE // stride, SIDE // stride), np.float32) for stride in (8, 16, 32)}
    for face in faces:
        x0, y0, x1, y1 = (value / face.stride for value in face.box)
        cell = [(x0 + x1) / 2 - face.column, (y0 + y1) / 2 - face.row, np.log(x1 - x0), np.log(y1 - y0)]
        for x, y in POINTS:
            cell += [x0 + x * (x1 - x0) - face.column, y0 + y * (y1 - y0) - face.row]
        levels[face.stride][0, :, face.row, face.column] = [face.score, *cell]
    return {f"level_{stride}": planes for stride, planes in levels.items()}


def _detector(*faces: Said, options: YuNetOptions | None = None) -> YuNetDetector:
    session = session_factory()(lambda: constant(_levels(*faces), "image"), SessionOptions())
    return YuNetDetector(session, options)


def _blank(width: int = SIDE, height: int = SIDE) -> RgbImage:
    return np.zeros((height, width, 3), np.uint8)


def _corners(face: Detection) -> list[float]:
    return [face.box.x0, face.box.y0, face.box.x1, face.box.y1]


@pytest.mark.parametrize(("stride", "row", "column"), [(8, 5, 4), (16, 2, 2), (32, 1, 1)])
def test_box_landmarks_and_confidence_of_every_grid(stride: int, row: int, column: int) -> None:
    (face,) = _detector(Said(stride, row, column, 0.75, (20, 25, 50, 65))).detect(_blank())
    assert _corners(face) == pytest.approx([20, 25, 50, 65], abs=1e-3)
    assert face.confidence == pytest.approx(0.75)
    points = [value for point in face.landmarks for value in (point.x, point.y)]
    assert points == pytest.approx([v for x, y in POINTS for v in (20 + 30 * x, 25 + 40 * y)], abs=1e-3)


def test_only_faces_above_the_threshold() -> None:
    said = [
        Said(8, 1, 1, 0.5, (5, 5, 15, 15)),
        Said(16, 1, 4, 0.51, (65, 15, 80, 35)),
        Said(32, 2, 0, 0.2, (5, 60, 30, 90)),
    ]
    assert len(_detector(*said).detect(_blank())) == 1
    assert len(_detector(*said, options=YuNetOptions(threshold=0.1)).detect(_blank())) == 3


def test_of_two_grids_on_one_face_the_surer_stays() -> None:
    said = [Said(8, 5, 5, 0.7, (20, 20, 60, 60)), Said(16, 2, 2, 0.9, (22, 20, 60, 62))]
    (face,) = _detector(*said).detect(_blank())
    assert face.confidence == pytest.approx(0.9)


def test_largest_first_whatever_the_confidence() -> None:
    said = [Said(8, 1, 1, 0.99, (2, 2, 12, 12)), Said(32, 1, 1, 0.6, (40, 40, 90, 90))]
    assert [round(face.box.width) for face in _detector(*said).detect(_blank())] == [50, 10]


def test_no_cell_no_face() -> None:
    assert _detector().detect(_blank()) == ()


class _Watched:
    """A session that remembers the inputs it was shown; says nothing until an input is as large as asked."""

    def __init__(self, answers_from: int) -> None:
        self.answers_from = answers_from
        self.shown: list[tuple[int, ...]] = []

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        shape = inputs["image"].shape[2:]
        self.shown.append(shape)
        said = [Said(8, 5, 5, 0.9, (20, 20, 60, 60))] if max(shape) >= self.answers_from else []
        return _levels(*said)


@pytest.mark.parametrize(
    ("size", "answers_from", "shown"),
    [
        ((640, 480), 0, [(256, 320)]),
        ((640, 480), 640, [(256, 320), (480, 640)]),
        ((1280, 960), 640, [(256, 320), (480, 640)]),
        ((320, 240), 640, [(256, 320)]),
        ((100, 90), 640, [(96, 128)]),
    ],
)
def test_a_second_and_larger_look_only_where_the_first_finds_nothing(
    size: tuple[int, int], answers_from: int, shown: list[tuple[int, int]]
) -> None:
    session = _Watched(answers_from)
    found = YuNetDetector(session).detect(_blank(*size))
    assert session.shown == shown
    assert bool(found) == (max(shown[-1]) >= answers_from)
