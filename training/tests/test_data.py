"""What ships never sees what measures."""

from pathlib import Path

from training.crops import plan_rows
from training.data import Sample, for_training, read_manifest, sources

from bonaface.geometry import Box


def sample(source: str, use: str, bona_fide: bool, number: int = 0) -> Sample:
    path = f"{use}/{source}/{bona_fide}/{number}.jpg"
    return Sample(Path(), path, use, source, bona_fide, "" if bona_fide else "print", "", True)  # type: ignore[arg-type]


SAMPLES = [
    *(sample("big", "train", flag, n) for flag in (True, False) for n in range(100)),
    *(sample("small", "train", flag, n) for flag in (True, False) for n in range(4)),
    *(sample("held", "measure", flag, n) for flag in (True, False) for n in range(50)),
]


def test_no_measure_source_trains() -> None:
    assert sources(for_training(SAMPLES)) == ["big", "small"]


def test_rows_and_their_scenes_come_from_training_samples_alone() -> None:
    training = for_training(SAMPLES)
    rows = plan_rows(training, {one.path: Box(0, 0, 1, 1) for one in training}, 400, seed=2)
    assert all(row.sample.use == "train" and row.scene.use == "train" for row in rows)
    assert len({row.seed for row in rows}) == len(rows)


def test_rows_are_balanced_by_source_and_class() -> None:
    training = for_training(SAMPLES)
    rows = plan_rows(training, {one.path: Box(0, 0, 1, 1) for one in training}, 3000, seed=2)
    small = sum(row.sample.source == "small" for row in rows) / len(rows)
    bona_fide = sum(row.sample.bona_fide and not row.recapture for row in rows) / len(rows)
    assert 0.13 < small < 0.21
    assert 0.38 < bona_fide < 0.46
    assert all(row.sample.bona_fide for row in rows if row.recapture)


def test_the_manifest_keeps_uses_apart(data: Path) -> None:
    samples = read_manifest(data)
    training = for_training(samples)
    measuring = [one for one in samples if one.use == "measure"]
    assert training
    assert measuring
    assert not set(sources(training)) & set(sources(measuring))
    assert not {one.path for one in training} & {one.path for one in measuring}
