"""Blending exported files ends at both ends and lies between."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from numpy.typing import NDArray
from training.export import export
from training.network import MiniFasNet, Plan
from training.report import score_file
from training.share import blend

TINY = Plan((8, 8, 8), ((4,), (4,), (4,)), gated=True)


def exported(seed: int, path: Path) -> Path:
    torch.manual_seed(seed)
    network = MiniFasNet(TINY)
    for parameter in network.parameters():
        if parameter.ndim > 1:
            torch.nn.init.kaiming_normal_(parameter)
    export(network.eval(), path)
    return path


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
    before, after = _weights(start), _weights(end)
    blend(start, end, 0.25, end)
    np.testing.assert_allclose(_weights(end), 0.75 * before + 0.25 * after, rtol=1e-5, atol=1e-7)


def _weights(path: Path) -> NDArray[np.float32]:
    (last,) = (tensor for tensor in onnx.load(path).graph.initializer if tensor.name == "linear.weight")
    return np.array(onnx.numpy_helper.to_array(last))
