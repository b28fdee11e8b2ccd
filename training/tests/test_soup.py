"""What ships is the mean of the groups' networks, as far from the published weights as the share says."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from training import soup
from training.export import difference
from training.folders import Folders, hashes
from training.folds import GROUPS, weights
from training.networks import STARTS, kept, mean


def test_the_mean_is_taken_element_by_element() -> None:
    np.testing.assert_allclose(mean([torch.tensor([0.0, 2.0]), torch.tensor([4.0, 4.0])]), [2.0, 3.0])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_files_lie_between_the_published_and_the_trained(models: Path, tmp_path: Path) -> None:
    folders = Folders(tmp_path, models, tmp_path, tmp_path / "out", tmp_path)
    for start in STARTS:
        published = start.published(models)
        for group in range(GROUPS):
            with torch.no_grad():
                published.classify.weight.mul_(1 + 0.1 * group)
            torch.save(published.state_dict(), weights(start, folders, group))
    files = soup.soup(folders)
    assert list(hashes(files)) == [start.file for start in STARTS]
    for start, file in zip(STARTS, files, strict=True):
        expected = start.published(models).classify.weight
        grown = np.mean([np.prod([1 + 0.1 * step for step in range(group + 1)]) for group in range(GROUPS)])
        made = kept(start, models, [weights(start, folders, group) for group in range(GROUPS)])
        np.testing.assert_allclose(
            made.classify.weight.detach(),
            expected.detach() * (1 + start.weight_blend * (grown - 1)),
            rtol=1e-4,
        )
        size = start.look.size
        crops = np.random.default_rng(1).integers(0, 256, (2, 3, size, size)).astype(np.float32)
        assert difference(made, file, crops) < 1e-3


def test_the_log_names_what_ships() -> None:
    root = Path(__file__).parents[2]
    log = json.loads((root / "training" / "runs" / "shipped.json").read_text())
    shipped = [root / "src" / "bonaface" / "models" / "weights" / start.file for start in STARTS]
    assert log["files"] == hashes(shipped)
