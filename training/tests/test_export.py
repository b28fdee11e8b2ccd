"""The ONNX file says what the PyTorch network says, in both engines, for any number of faces."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from training.export import OPSET, difference, export
from training.network import V1SE, V2, MiniFasNet, Plan, load_upstream


@pytest.mark.parametrize(
    ("name", "plan"), [("2.7_80x80_MiniFASNetV2", V2), ("4_0_0_80x80_MiniFASNetV1SE", V1SE)]
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_engines_agree_with_pytorch(models: Path, tmp_path: Path, name: str, plan: Plan) -> None:
    network = load_upstream(models / "minifasnet" / f"{name}.pth", plan).eval()
    path = tmp_path / "network.onnx"
    export(network, path)
    for faces in (1, 3):
        crops = np.random.default_rng(faces).integers(0, 256, (faces, 3, 80, 80)).astype(np.float32)
        assert difference(network, path, crops) < 1e-4


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_file_keeps_the_contract(tmp_path: Path) -> None:
    torch.manual_seed(0)
    export(MiniFasNet(V2).eval(), tmp_path / "network.onnx")
    model = onnx.load(tmp_path / "network.onnx")
    assert model.opset_import[0].version == OPSET
    assert [one.name for one in model.graph.input] == ["crop"]
    assert [one.name for one in model.graph.output] == ["logit"]
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param
    assert {node.op_type for node in model.graph.node}.isdisjoint({"BatchNormalization", "PRelu"})
