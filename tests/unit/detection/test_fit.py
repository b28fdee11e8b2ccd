import numpy as np
import pytest

from bonaface.detection.fit import Candidates, as_input, fit, put_back
from bonaface.imaging.types import RgbImage

POINTS = np.array([[[12, 12], [18, 12], [15, 15], [13, 18], [17, 18]]], np.float32)


def _blank(width: int, height: int) -> RgbImage:
    return np.zeros((height, width, 3), np.uint8)


def _candidates(*boxes: tuple[float, float, float, float], score: float = 0.9) -> Candidates:
    count = len(boxes)
    scores = np.full(count, score, np.float32)
    return Candidates(np.array(boxes, np.float32).reshape(-1, 4), np.repeat(POINTS, count, axis=0), scores)


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((640, 480), (320, 256)),
        ((480, 640), (256, 320)),
        ((320, 320), (320, 320)),
        ((200, 100), (224, 128)),
        ((4000, 30), (320, 32)),
        ((1, 1), (32, 32)),
    ],
)
def test_sides_of_the_input(size: tuple[int, int], shown: tuple[int, int]) -> None:
    width, height = shown
    assert fit(_blank(*size), 320).shape == (height, width, 3)


def test_an_image_that_fits_is_not_copied() -> None:
    image = _blank(64, 96)
    assert fit(image, 320) is image


def test_the_input_is_planes_of_floats() -> None:
    image = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    planes = as_input(image)
    assert planes.shape == (1, 3, 2, 4)
    assert planes.dtype == np.float32
    assert planes[0, 2, 1, 3] == image[1, 3, 2]


def test_found_faces_are_put_back_and_clipped() -> None:
    (face,) = put_back(_candidates((10, 10, 40, 20)), 0.3, _blank(32, 32), _blank(64, 96))
    assert (face.box.x0, face.box.y0, face.box.x1, face.box.y1) == (20, 30, 64, 60)
    assert (face.landmarks.nose.x, face.landmarks.nose.y) == (30, 45)


def test_largest_first_and_nothing_outside() -> None:
    found = put_back(
        _candidates((0, 0, 4, 4), (-9, -9, -1, -1), (10, 10, 20, 20)), 0.3, _blank(32, 32), _blank(32, 32)
    )
    assert [face.box.width for face in found] == [10, 4]


def test_of_two_boxes_on_one_face_one_stays() -> None:
    found = put_back(_candidates((0, 0, 20, 20), (1, 0, 20, 20)), 0.3, _blank(32, 32), _blank(32, 32))
    assert len(found) == 1


def test_confidence_is_at_most_one() -> None:
    (face,) = put_back(_candidates((0, 0, 9, 9), score=1.25), 0.3, _blank(32, 32), _blank(32, 32))
    assert face.confidence == 1.0
