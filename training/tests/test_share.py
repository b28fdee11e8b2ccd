"""Blending exported files ends at both ends and lies between."""

from pathlib import Path

import numpy as np
import pytest
from training.report import score_file
from training.share import blend
from training.tests.exported import exported, weights


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_it_ends_at_both_ends(tmp_path: Path) -> None:
    start, end = exported(1, tmp_path / "start.onnx"), exported(2, tmp_path / "end.onnx")
    crops = np.random.default_rng(0).integers(0, 256, (4, 80, 80, 3)).astype(np.uint8)
    for share, same in ((0.0, start), (1.0, end)):
        found = score_file(blend(start, end, share, tmp_path / "between.onnx"), crops)
        np.testing.assert_allclose(found, score_file(same, crops), rtol=1e-5, atol=1e-5)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_file_may_be_replaced_by_what_lies_between(tmp_path: Path) -> None:
    start, end = exported(1, tmp_path / "start.onnx"), exported(2, tmp_path / "end.onnx")
    before, after = weights(start), weights(end)
    blend(start, end, 0.25, end)
    np.testing.assert_allclose(weights(end), 0.75 * before + 0.25 * after, rtol=1e-5, atol=1e-7)
