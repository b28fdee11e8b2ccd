"""No network scores a source that it saw, and the table of scores holds no image."""

import csv
from pathlib import Path

import numpy as np
import pytest
from training.crops import Row, plan_rows
from training.data import Sample, for_training, read_manifest
from training.folds import (
    GROUPS,
    USED,
    Options,
    allowed,
    fused_log_odds,
    groups,
    parse,
    scored_by,
    write_scores,
)

from bonaface.evaluation.dataset import read_dataset
from bonaface.geometry import Box


def sample(source: str, number: int, use: str = "train") -> Sample:
    path = f"{use}/{source}/{number}.jpg"
    return Sample(Path(), path, use, source, number % 2 == 0, "" if number % 2 == 0 else "print", "p", True)  # type: ignore[arg-type]


SAMPLES = [
    *(sample(f"s{source}", number) for source in range(12) for number in range(4 + 2 * source)),
    *(sample("held", number, "measure") for number in range(20)),
]


def test_every_training_source_is_in_one_group() -> None:
    dealt = groups(SAMPLES)
    assert len(dealt) == GROUPS
    assert sorted(source for group in dealt for source in group) == sorted(f"s{n}" for n in range(12))


def test_no_pixel_of_a_left_out_source_is_learnt_from() -> None:
    training = for_training(SAMPLES)
    rows = plan_rows(training, {one.path: Box(0, 0, 1, 1) for one in training}, 2000, seed=2)
    left_out = groups(SAMPLES)[0]
    chosen = allowed(rows, left_out, seed=1)
    assert 0 < len(chosen) < min(len(rows), USED)
    assert not any(rows[place].shows(source) for place in chosen for source in left_out)


def test_a_scene_behind_a_real_attack_is_not_there() -> None:
    row = Row(SAMPLES[0], Box(0, 0, 1, 1), False, SAMPLES[-1], 1)
    assert row.shows("s0")
    assert not row.shows("held")
    assert Row(SAMPLES[0], Box(0, 0, 1, 1), True, SAMPLES[-1], 1).shows("held")


def test_each_sample_is_scored_by_the_group_that_did_not_see_it() -> None:
    dealt = groups(SAMPLES)
    turns = scored_by(SAMPLES, dealt)
    for one, group in zip(SAMPLES, turns, strict=True):
        assert one.use == "measure" or one.source in dealt[group]
    measured = [group for one, group in zip(SAMPLES, turns, strict=True) if one.use == "measure"]
    assert set(measured) == set(range(GROUPS))


def test_the_table_is_a_manifest_that_needs_no_images(tmp_path: Path) -> None:
    scores = {"near": np.full(len(SAMPLES), 20, np.float32), "wide": np.zeros(len(SAMPLES), np.float32)}
    table = write_scores(tmp_path / "folds.csv", SAMPLES, scores)
    assert {one.log_odds for one in read_dataset(str(table))} == {4.0}
    with table.open() as file:
        first = next(csv.DictReader(file))
    assert first["near"] == "20.0000"
    assert first["subject"] == "0"  # not the name


def test_fusion_is_the_mean_of_clipped_log_odds() -> None:
    scores = {"a": np.array([20.0, -1.0], np.float32), "b": np.array([0.0, -3.0], np.float32)}
    np.testing.assert_allclose(fused_log_odds(scores), [4.0, -2.0])


@pytest.mark.parametrize("source", ["msu-mfsd", "casia-fasd"])
def test_sources_that_measure_are_in_no_group(data: Path, source: str) -> None:
    assert source not in {one for group in groups(read_manifest(data)) for one in group}


NEEDED = ["--data", "d", "--models", "m"]


def test_what_is_not_said_is_as_shipped() -> None:
    options, folders, workers = parse(NEEDED)
    assert options == Options()
    assert (folders.data, folders.models, workers) == (Path("d"), Path("m"), 2)
    assert folders.out == Path("src/bonaface/models/weights")


def test_what_is_said_counts() -> None:
    options, folders, _ = parse([*NEEDED, "--rows", "5", "--seed", "3", "--out", "o"])
    assert options == Options(5, 3)
    assert folders.out == Path("o")
