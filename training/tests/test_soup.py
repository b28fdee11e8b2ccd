"""A mean of files counts each of them the same."""

from pathlib import Path

import numpy as np
import pytest
from training.soup import mean
from training.tests.exported import exported, weights


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("count", [1, 2, 3])
def test_each_file_counts_the_same(tmp_path: Path, count: int) -> None:
    files = [exported(seed, tmp_path / f"{seed}.onnx") for seed in range(count)]
    wanted = np.mean([weights(file) for file in files], axis=0)
    made = weights(mean(files, tmp_path / "mean.onnx"))
    np.testing.assert_allclose(made, wanted, rtol=1e-5, atol=1e-7)
