"""Crops of patches: the answer stays where the pixels are, however they are cut and captured."""

import numpy as np
import pytest
from training.patches import KEPT, Patches
from training.refiner_crops import crop_and_answer, crop_batches

from bonaface.detection.refiner import SIZE

POINTS = np.array([[80, 90], [120, 90], [100, 105], [85, 125], [115, 125]], np.float32)
SPOTS = ((250, 20, 20), (20, 250, 20), (20, 20, 250), (250, 250, 20), (20, 250, 250))


@pytest.fixture
def patches() -> Patches:
    """Grey, a spot of its own colour at each landmark."""
    image = np.full((KEPT, KEPT, 3), 100, np.uint8)
    for (x, y), colour in zip(POINTS.astype(int).tolist(), SPOTS, strict=True):
        image[y - 4 : y + 5, x - 4 : x + 5] = colour
    return Patches(image[None], np.array([[60, 60, 140, 150]], np.float32), POINTS[None])


def _near(crop: np.ndarray, x: float, y: float, colour: tuple[int, int, int]) -> bool:
    column, row = round(x * SIZE - 0.5), round(y * SIZE - 0.5)
    if not (1 <= column < SIZE - 1 and 1 <= row < SIZE - 1):
        return False
    seen = crop[row - 1 : row + 2, column - 1 : column + 2].reshape(-1, 3).mean(axis=0)
    return bool(np.argmax(seen) == np.argmax(colour) or seen.min() > 150)


def test_landmarks_are_where_their_pixels_are(patches: Patches) -> None:
    right = total = 0
    for seed in range(80):
        crop, answer = crop_and_answer(patches, 0, np.random.default_rng(seed))
        assert crop.shape == (SIZE, SIZE, 3)
        assert crop.dtype == np.uint8
        x, y = answer[4:].reshape(5, 2)[2].tolist()  # the same whether mirrored or not
        right += _near(crop, x, y, SPOTS[2])
        total += 1
    assert right / total > 0.8  # some pictures end before the nose, some are grey or dark


def test_left_stays_left(patches: Patches) -> None:
    for seed in range(40):
        _, answer = crop_and_answer(patches, 0, np.random.default_rng(seed))
        points = answer[4:].reshape(5, 2)
        assert points[0, 0] < points[1, 0]
        assert points[3, 0] < points[4, 0]
        assert (answer[:2] < answer[2:4]).all()


def test_boxes_fill_what_the_product_lets_them_fill(patches: Patches) -> None:
    answers = np.stack([crop_and_answer(patches, 0, np.random.default_rng(seed))[1] for seed in range(200)])
    heights = answers[:, 3] - answers[:, 1]
    assert np.median(heights) == pytest.approx(1 / 1.6, abs=0.05)
    assert np.percentile(heights, 95) < 1


def test_the_same_seed_gives_the_same_batches(patches: Patches) -> None:
    one, other = (list(crop_batches(patches, 2, 3, seed=5)) for _ in range(2))
    assert [batch.crops.shape for batch in one] == [(3, SIZE, SIZE, 3)] * 2
    np.testing.assert_array_equal(one[1].crops, other[1].crops)
    np.testing.assert_array_equal(one[1].answers, other[1].answers)
    assert (one[0].crops != one[1].crops).any()
