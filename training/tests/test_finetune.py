"""Training learns, is repeatable, and blends weights as it says."""

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from training.finetune import Recipe, TrainingSet, finetune, interpolated
from training.network import MiniFasNet, Plan

TINY = Plan((8, 8, 8), ((4,), (4,), (4,)), gated=True)


def network(seed: int = 0) -> MiniFasNet:
    torch.manual_seed(seed)
    made = MiniFasNet(TINY)
    for parameter in made.parameters():
        if parameter.ndim > 1:
            torch.nn.init.kaiming_normal_(parameter)
    return made.eval()


def score(network: MiniFasNet, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Log-odds of N x S x S x 3 uint8 BGR crops."""
    with torch.no_grad():
        return network.log_odds(torch.from_numpy(crops.transpose(0, 3, 1, 2).astype(np.float32))).numpy()


def training_set() -> TrainingSet:
    """Bona fide crops are bright, attacks dark."""
    rng = np.random.default_rng(0)
    flags = np.arange(64) % 2 == 0
    crops = rng.integers(0, 60, (64, 2, 80, 80, 3)).astype(np.uint8)
    crops[flags] += 150
    return TrainingSet(
        crops, flags, np.zeros(64, bool), np.where(flags, 3, -3).astype(np.float32), np.arange(64)
    )


RECIPE = Recipe(epochs=10, batch=16, rate=2e-3, warm_up=2, average=0.6)


def test_it_learns_the_difference() -> None:
    start, given = network(), training_set()
    trained = finetune(start, given, RECIPE)
    before, after = (
        roc_auc_score(given.bona_fide, score(one, given.crops[:, 0])) for one in (start, trained)
    )
    assert after > max(before, 0.95)


def test_it_leaves_its_start_alone_and_repeats_itself() -> None:
    start, given = network(), training_set()
    before = score(start, given.crops[:, 0])
    first, second = (score(finetune(start, given, RECIPE), given.crops[:, 0]) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(score(start, given.crops[:, 0]), before)


def test_interpolation_ends_at_both_ends() -> None:
    start, end = network(1), network(2)
    crops = training_set().crops[:4, 0]
    np.testing.assert_allclose(score(interpolated(start, end, 0.0), crops), score(start, crops), rtol=1e-5)
    np.testing.assert_allclose(score(interpolated(start, end, 1.0), crops), score(end, crops), rtol=1e-5)
