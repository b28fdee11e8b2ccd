"""Where the labelled images and the upstream weights are, or why a test cannot run."""

from pathlib import Path

import numpy as np
import pytest
import torch
from training.face_sample import FaceSample

from bonaface.geometry import Box

torch.set_num_threads(1)

SHARED = Path(__file__).parents[3] / "shared"


@pytest.fixture
def models() -> Path:
    if not (SHARED / "models" / "minifasnet").is_dir():
        pytest.skip("the upstream weights are not beside the checkout")
    return SHARED / "models"


@pytest.fixture
def data() -> Path:
    if not (SHARED / "data" / "manifest.csv").is_file():
        pytest.skip("the labelled images are not beside the checkout")
    return SHARED / "data"


@pytest.fixture
def face_sample() -> FaceSample:
    """Soft coloured structure with a box in the middle."""
    rng = np.random.default_rng(3)
    coarse = rng.integers(30, 220, (12, 9, 3), dtype=np.uint8)
    image = np.kron(coarse, np.ones((20, 20, 1), np.uint8)).astype(np.uint8)
    return FaceSample(image, Box(50, 70, 130, 170))
