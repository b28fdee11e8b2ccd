"""Our definition of the family gives the published logits."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from training.network import V1SE, V2, MiniFasNet, Plan, load_upstream, log_odds

PUBLISHED = [
    ("2.7_80x80_MiniFASNetV2", V2),
    ("4_0_0_80x80_MiniFASNetV1SE", V1SE),
]


@pytest.mark.parametrize(("name", "plan"), PUBLISHED)
def test_logits_equal_those_of_the_published_graph(models: Path, name: str, plan: Plan) -> None:
    network = load_upstream(models / "minifasnet" / f"{name}.pth", plan).eval()
    session = onnxruntime.InferenceSession(str(models / "minifasnet" / f"{name}.onnx"))
    rng = np.random.default_rng(0)
    for low, high in ((0, 256), (90, 140), (0, 30)):
        crop = rng.integers(low, high, (1, 3, 80, 80)).astype(np.float32)
        expected = session.run(None, {"input": crop})[0]
        with torch.no_grad():
            np.testing.assert_allclose(network(torch.from_numpy(crop)).numpy(), expected, atol=1e-4)


def test_log_odds_are_those_of_the_softmax() -> None:
    logits = torch.tensor([[0.3, 1.2, -2.0], [4.0, -1.0, 3.0]])
    share = torch.softmax(logits, 1)[:, 1]
    torch.testing.assert_close(log_odds(logits), torch.log(share / (1 - share)))


def test_every_layer_learns() -> None:
    network = MiniFasNet(V1SE)
    for parameter in network.parameters():
        torch.nn.init.uniform_(parameter, -0.3, 0.3)
    network.log_odds(torch.rand(2, 3, 80, 80)).sum().backward()
    still = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert still == []
