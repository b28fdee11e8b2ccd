"""Our definition of YuNet gives the published answers, and its file the same in both engines."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from training.export_detector import OUTPUTS, export
from training.yunet import STRIDES, YuNet, load_upstream, score

from bonaface.runtime.engines import EngineName, session_factory
from bonaface.runtime.session import SessionOptions

SIDE = 640


@pytest.fixture
def published(models: Path) -> Path:
    return models / "yunet" / "face_detection_yunet_2023mar.onnx"


def _noise(height: int, width: int) -> np.ndarray:
    small = np.random.default_rng(3).integers(0, 256, (1, 3, height // 32, width // 32)).astype(np.float32)
    return np.repeat(np.repeat(small, 32, axis=2), 32, axis=3)


def test_answers_equal_those_of_the_published_graph(published: Path) -> None:
    network = load_upstream(published).eval()
    image = _noise(SIDE, SIDE)
    said = onnxruntime.InferenceSession(str(published)).run(None, {"input": image[:, ::-1].copy()})
    names = [output.name for output in onnx.load(published).graph.output]
    expected = dict(zip(names, said, strict=True))
    with torch.no_grad():
        levels = network(torch.from_numpy(image))
    for level, stride in zip(levels, STRIDES, strict=True):
        planes = level[0].flatten(1).T
        for name, part in (("cls", planes[:, :1].sigmoid()), ("obj", planes[:, 1:2].sigmoid())):
            np.testing.assert_allclose(part.numpy(), expected[f"{name}_{stride}"][0], atol=1e-4)
        np.testing.assert_allclose(planes[:, 2:6].numpy(), expected[f"bbox_{stride}"][0], atol=1e-3)
        np.testing.assert_allclose(planes[:, 6:].numpy(), expected[f"kps_{stride}"][0], atol=1e-3)


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_engines_agree_with_pytorch_at_any_size(published: Path, tmp_path: Path, engine: EngineName) -> None:
    network = load_upstream(published).eval()
    export(network, tmp_path / "face.onnx")
    options = SessionOptions(shapes={"image": (1, 3, -1, -1)})
    session = session_factory(engine)((tmp_path / "face.onnx").read_bytes, options)
    for height, width in ((96, 64), (256, 320)):
        image = _noise(height, width)
        said = session.run({"image": image})
        with torch.no_grad():
            levels = network(torch.from_numpy(image))
        for name, level in zip(OUTPUTS, levels, strict=True):
            np.testing.assert_allclose(said[name][:, 0], score(level).numpy(), atol=1e-3)
            np.testing.assert_allclose(said[name][:, 1:], level[:, 2:].numpy(), atol=2e-3)


def test_another_file_is_refused(models: Path) -> None:
    with pytest.raises(ValueError, match="not the YuNet"):
        load_upstream(models / "minifasnet" / "2.7_80x80_MiniFASNetV2.onnx")


def test_every_layer_learns() -> None:
    torch.manual_seed(1)
    network = YuNet()
    sum(level.square().sum() for level in network(torch.rand(1, 3, 96, 96))).backward()
    still = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert still == []
