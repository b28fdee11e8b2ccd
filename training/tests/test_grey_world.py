"""Grey-world gains bring each picture's mean colour to grey, and only where they are asked for."""

import numpy as np
from training.grey_world import balanced, gains

MEANS = np.array([[60.0, 100.0, 140.0], [0.0, 100.0, 200.0], [100.0, 100.0, 100.0]])
"""Warm, without blue, grey; BGR."""


def test_the_mean_becomes_grey_within_bounds() -> None:
    np.testing.assert_allclose((gains(MEANS) * MEANS)[0], 100)
    assert gains(MEANS)[1].tolist() == [2.0, 1.0, 0.5]
    assert gains(MEANS)[2].tolist() == [1.0, 1.0, 1.0]


def test_only_the_chosen_pictures_change_and_white_is_the_limit() -> None:
    crops = {"near": np.full((3, 4, 4, 3), 200, np.uint8)}
    made = balanced(crops, MEANS, np.array([True, False, True]))["near"]
    assert made[:, 0, 0].tolist() == [[255, 200, 143], [200, 200, 200], [200, 200, 200]]
    assert crops["near"].min() == 200
