"""Faces stay where their pixels are, whatever a canvas does with a picture."""

import numpy as np
import pytest
from training.canvas import SIZES, canvas
from training.faces import Faces, Picture

SIDES = (40.0, 60.0)
POINTS = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]], np.float32)


def _picture(left: int, top: int) -> Picture:
    """Grey, with one bright box that is its face."""
    image = np.full((240, 200, 3), 90, np.uint8)
    width, height = SIDES
    image[top : top + int(height), left : left + int(width)] = 240
    boxes = np.array([[left, top, left + width, top + height]], np.float32)
    points = boxes[:, None, :2] + POINTS * np.array(SIDES, np.float32)
    return Picture(image, Faces(boxes, points))


@pytest.fixture
def pictures() -> list[Picture]:
    return [_picture(20, 30), _picture(120, 150)]


@pytest.mark.parametrize("size", SIZES)
def test_the_bright_box_is_where_the_face_is_said_to_be(
    pictures: list[Picture], size: tuple[int, int]
) -> None:
    inside, seen = [], 0
    for seed in range(60):
        made = canvas(pictures, size, np.random.default_rng(seed))
        assert made.image.shape == (size[1], size[0], 3)
        assert made.image.dtype == np.uint8
        for x0, y0, x1, y1 in made.faces.boxes:
            assert 0 <= x0 < x1 <= size[0]
            assert 0 <= y0 < y1 <= size[1]
            if min(x1 - x0, y1 - y0) >= 12:
                x, y = (x0 + x1) / 2, (y0 + y1) / 2
                inside.append(float(made.image[int(y) - 2 : int(y) + 3, int(x) - 2 : int(x) + 3].mean()))
                seen += 1
    assert seen > 30
    assert np.mean(np.array(inside) > 110) > 0.9  # some captures are dark


def test_landmarks_keep_their_shares_of_a_whole_box(pictures: list[Picture]) -> None:
    made = canvas(pictures, (320, 256), np.random.default_rng(2))
    sides = made.faces.boxes[:, 2:] - made.faces.boxes[:, :2]
    shares = (made.faces.points - made.faces.boxes[:, None, :2]) / sides[:, None]
    np.testing.assert_allclose(shares.mean(axis=(0, 1)), [0.5, 0.6], atol=0.05)


def test_the_same_seed_gives_the_same_canvas(pictures: list[Picture]) -> None:
    one, other = (canvas(pictures, (320, 256), np.random.default_rng(9)) for _ in range(2))
    np.testing.assert_array_equal(one.image, other.image)
    np.testing.assert_array_equal(one.faces.boxes, other.faces.boxes)


def test_mirrored_faces_keep_left_on_the_left() -> None:
    mirrored = _picture(20, 30).faces.mirrored(200)
    assert mirrored.boxes[0].tolist() == [140, 30, 180, 90]
    eyes = mirrored.points[0, :2, 0]
    assert eyes[0] < eyes[1]
