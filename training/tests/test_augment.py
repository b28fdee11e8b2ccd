"""Degradations keep what the crops rely on and do change the pixels."""

import cv2
import numpy as np
import pytest
from training.augment import CAPTURE, FRAMING, Change, apply, at_working_size, jittered
from training.face_sample import FaceSample, resized

CHANGES = [change for _, change in (*FRAMING, *CAPTURE)]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_change_keeps_type_and_changes_pixels(change: Change, face_sample: FaceSample) -> None:
    face_sample = resized(face_sample, 2.0, cv2.INTER_LINEAR)  # larger than a camera of few pixels gives
    changed = change(face_sample, np.random.default_rng(1))
    assert changed.image.dtype == np.uint8
    assert changed.image.ndim == 3
    assert changed.image.shape[2] == 3
    same = changed.image.shape == face_sample.image.shape and np.array_equal(changed.image, face_sample.image)
    assert not same


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_change_is_told_by_its_seed(change: Change, face_sample: FaceSample) -> None:
    first, second = (change(face_sample, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first.image, second.image)
    assert first.box == second.box


def test_box_stays_on_the_face(face_sample: FaceSample) -> None:
    for seed in range(40):
        rng = np.random.default_rng(seed)
        moved = apply(FRAMING, at_working_size(face_sample, rng), rng)
        width, height = moved.size
        assert 0 <= (moved.box.x0 + moved.box.x1) / 2 <= width
        assert 0 <= (moved.box.y0 + moved.box.y1) / 2 <= height
        assert moved.box.width > 20


def test_jitter_stays_within_its_bounds(face_sample: FaceSample) -> None:
    rng = np.random.default_rng(0)
    factors = np.array([jittered(face_sample.box, rng).width / face_sample.box.width for _ in range(300)])
    assert 0.7 < factors.min() < 0.95
    assert 1.05 < factors.max() < 1.4
