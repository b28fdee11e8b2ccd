"""The third network equals the published one before it is trained, and stays exportable."""

from pathlib import Path

import numpy as np
import onnxruntime
import torch
from training.export import difference, export
from training.minifas128 import PUBLISHED, load_published


def test_log_odds_equal_those_of_the_published_graph(models: Path) -> None:
    network = load_published(models / PUBLISHED)
    session = onnxruntime.InferenceSession(str(models / PUBLISHED))
    rng = np.random.default_rng(0)
    for low, high in ((0, 256), (90, 140), (0, 30)):
        crop = rng.integers(low, high, (2, 3, 128, 128)).astype(np.float32)
        published = session.run(None, {"input": crop[:, ::-1] / np.float32(255)})[0]
        with torch.no_grad():
            ours = network.log_odds(torch.from_numpy(crop)).numpy()
        np.testing.assert_allclose(ours, published[:, 0] - published[:, 1], atol=1e-4)


def test_two_classes_are_exported_alike_for_both_engines(models: Path, tmp_path: Path) -> None:
    network = load_published(models / PUBLISHED)
    export(network, tmp_path / "tight.onnx", 128)
    crops = np.random.default_rng(1).integers(0, 256, (3, 3, 128, 128)).astype(np.float32)
    assert difference(network, tmp_path / "tight.onnx", crops) < 1e-4
