"""A fold never sees what it is measured on."""

from pathlib import Path

import numpy as np
import pytest
from training.crops import Row
from training.data import Sample, for_training, read_manifest, sources
from training.leaveout import FOLDS, USED, Fold, allowed

from bonaface.types import Box


def row(source: str, scene: str, recapture: bool, seed: int) -> Row:
    def sample(name: str) -> Sample:
        return Sample(Path(), f"{name}.jpg", "train", name, True, "", "", True)

    return Row(sample(source), Box(0, 0, 1, 1), recapture, sample(scene), seed)


ROWS = [
    row(source, scene, recapture, seed)
    for seed, (source, scene, recapture) in enumerate(
        (source, scene, recapture)
        for source in ("a", "b", "c")
        for scene in ("a", "b", "c")
        for recapture in (True, False)
    )
]


@pytest.mark.parametrize("left_out", [("a",), ("a", "b")])
def test_no_row_shows_a_source_that_is_left_out(left_out: tuple[str, ...]) -> None:
    chosen = [ROWS[place] for place in allowed(ROWS, Fold("some", left_out))]
    assert chosen
    assert all(one.sample.source not in left_out for one in chosen)
    assert all(one.scene.source not in left_out for one in chosen if one.recapture)


def test_with_nothing_left_out_every_row_may_teach_up_to_the_limit() -> None:
    assert allowed(ROWS, Fold("none")).tolist() == list(range(len(ROWS)))
    many = allowed(ROWS * USED, Fold("none"))
    assert len(many) == len(np.unique(many)) == USED


def test_every_training_source_is_left_out_once(data: Path) -> None:
    left_out = sorted(source for fold in FOLDS for source in fold.left_out)
    assert left_out == sources(for_training(read_manifest(data)))
