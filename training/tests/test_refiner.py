"""The refiner learns, and its file answers as PyTorch does."""

from pathlib import Path

import numpy as np
import pytest
import torch
from training.export_detector import export_refiner
from training.refiner import Recipe, images, loss, train
from training.refiner_crops import RefinerCrops
from training.refiner_network import RefinerNetwork
from training.yunet import PUBLISHED, YuNet, load_upstream

from bonaface.detection.refiner import INPUT_SHAPES, SIZE
from bonaface.runtime.engines import EngineName, session_factory
from bonaface.runtime.session import SessionOptions


@pytest.fixture
def batch() -> RefinerCrops:
    """A dark picture with a bright square; box and landmarks go with it."""
    rng = np.random.default_rng(4)
    crops, answers = np.full((8, SIZE, SIZE, 3), 40, np.uint8), []
    for crop in crops:
        x, y = rng.integers(20, 50, 2).tolist()
        crop[y : y + 24, x : x + 24] = 220
        middle = [(x + 12) / SIZE, (y + 12) / SIZE]
        answers.append([x / SIZE, y / SIZE, (x + 24) / SIZE, (y + 24) / SIZE, *middle * 5])
    return RefinerCrops(crops, np.array(answers, np.float32))


def test_it_learns(models: Path, batch: RefinerCrops) -> None:
    start = RefinerNetwork(load_upstream(models / "yunet" / PUBLISHED))
    trained = train(start, iter([batch] * 60), Recipe(steps=60, warm_up=5, average=0.5))
    answer = torch.from_numpy(batch.answers)
    with torch.no_grad():
        assert loss(trained(images(batch)), answer) < 0.5 * loss(start(images(batch)), answer)
    for before, after in zip(start.trunk.stem.parameters(), trained.trunk.stem.parameters(), strict=True):
        torch.testing.assert_close(before, after)


def test_the_loss_of_right_answers_is_none(batch: RefinerCrops) -> None:
    answer = torch.from_numpy(batch.answers)
    assert loss(answer, answer).item() == 0


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_engines_agree_with_pytorch(tmp_path: Path, batch: RefinerCrops, engine: EngineName) -> None:
    torch.manual_seed(2)
    network = RefinerNetwork(YuNet()).eval()
    export_refiner(network, tmp_path / "refiner.onnx")
    options = SessionOptions(shapes=INPUT_SHAPES)
    session = session_factory(engine)((tmp_path / "refiner.onnx").read_bytes, options)
    with torch.no_grad():
        expected = network(images(batch)).numpy()
    for row, planes in enumerate(images(batch).numpy()):
        said = session.run({"crop": np.ascontiguousarray(planes[None])})["face"]
        np.testing.assert_allclose(said[0], expected[row], atol=1e-4)
