"""Simulated attacks are repeatable and are not the image they came from."""

from collections.abc import Callable

import numpy as np
import pytest
from training.face_sample import FaceSample
from training.recapture import cut_out, on_paper, on_screen, recaptured

from bonaface.imaging.crop import RgbImage

Recapture = Callable[[FaceSample, RgbImage, np.random.Generator], FaceSample]
KINDS = [on_screen, on_paper, cut_out, recaptured]


@pytest.fixture
def scene() -> RgbImage:
    return np.random.default_rng(9).integers(0, 255, (60, 80, 3), dtype=np.uint8)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_same_seed_same_attack(kind: Recapture, face_sample: FaceSample, scene: RgbImage) -> None:
    first, second = (kind(face_sample, scene, np.random.default_rng(4)) for _ in range(2))
    np.testing.assert_array_equal(first.image, second.image)
    assert first.box == second.box


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_attack_differs_and_keeps_the_frame(
    kind: Recapture, face_sample: FaceSample, scene: RgbImage
) -> None:
    made = [kind(face_sample, scene, np.random.default_rng(seed)) for seed in range(6)]
    assert all(one.image.shape == face_sample.image.shape for one in made)
    assert all(one.image.dtype == np.uint8 for one in made)
    assert all(np.abs(one.image.astype(int) - face_sample.image.astype(int)).mean() > 1 for one in made)
    assert len({one.image.tobytes() for one in made}) == 6


def test_printing_lifts_the_blacks(face_sample: FaceSample, scene: RgbImage) -> None:
    dark = FaceSample(np.zeros_like(face_sample.image), face_sample.box)
    assert np.mean([cut_out(dark, scene, np.random.default_rng(s)).image.mean() for s in range(8)]) > 5
