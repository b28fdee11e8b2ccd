"""The training set: augmented crops of the `train` sources, made once and kept in memory-mapped arrays.

Every row is one capture with its box found again several times: all crops of a row share label and
teachers' scores (those of the box as detected), which makes the networks indifferent to the box.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.types import Box
from training.augment import CAPTURE, FRAMING, apply, at_working_size, jittered, narrow_view
from training.data import Sample, read_image, sources
from training.recapture import recaptured
from training.shot import Shot
from training.teachers import NEAR, WIDE, Panel
from training.workers import processes

_SHARES = {"bona_fide": 0.42, "recaptured": 0.25, "attack": 0.33}


@dataclass(frozen=True, slots=True)
class Row:
    """What to make: a sample, whether it is recaptured, a scene to put behind it, and a seed."""

    sample: Sample
    box: Box
    recapture: bool
    scene: Sample
    seed: int


@dataclass(frozen=True, slots=True)
class CropSet:
    """N rows. near, wide: N x boxes x S x S x 3 uint8 BGR; bona_fide, recaptured: N; teachers: N x 3."""

    near: NDArray[np.uint8]
    wide: NDArray[np.uint8]
    bona_fide: NDArray[np.bool_]
    recaptured: NDArray[np.bool_]
    teachers: NDArray[np.float32]
    source: NDArray[np.int16]

    def save(self, folder: Path) -> None:
        """One .npy file an array."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in self.__slots__:
            np.save(folder / f"{name}.npy", getattr(self, name))

    @classmethod
    def load(cls, folder: Path) -> "CropSet":
        """Memory-mapped, read only."""
        return cls(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in cls.__slots__))


def plan_rows(samples: Sequence[Sample], boxes: dict[str, Box], count: int, seed: int) -> list[Row]:
    """Rows balanced by source (by the square root of its size) and by class within it."""
    rng = np.random.default_rng(seed)
    pools = _pools(samples)
    sizes = {source: sum(sample.source == source for sample in samples) for source in sources(samples)}
    weights = {key: _SHARES[key[1]] * np.sqrt(sizes[key[0]]) for key in pools}
    keys = list(pools)
    chances = np.array([weights[key] for key in keys])
    rows = []
    for number, choice in enumerate(rng.choice(len(keys), count, p=chances / chances.sum())):
        pool = pools[keys[choice]]
        sample, scene = pool[rng.integers(len(pool))], samples[rng.integers(len(samples))]
        recapture = keys[choice][1] == "recaptured"
        rows.append(Row(sample, boxes[sample.path], recapture, scene, seed * 1_000_003 + number))
    return rows


def make_crops(rows: Sequence[Row], models: Path, workers: int, pairs: bool = False) -> CropSet:
    """All rows, on several processes; the result depends on the rows alone.

    pairs: crop 1 of a row is not a jittered box but the face in a frame that leaves little of the scene,
    and the teachers' scores are the mean over both.
    """
    names = sources([row.sample for row in rows])
    parts = [list(rows[start : start + 250]) for start in range(0, len(rows), 250)]
    near, wide, teachers = [], [], []
    with processes(workers) as pool:
        for number, part in enumerate(
            pool.map(_make_part, parts, [models] * len(parts), [pairs] * len(parts))
        ):
            near.append(part[0])
            wide.append(part[1])
            teachers.append(part[2])
            print(f"crops: {(number + 1) * 250} of {len(rows)}", flush=True)
    return CropSet(
        np.concatenate(near),
        np.concatenate(wide),
        np.array([row.sample.bona_fide and not row.recapture for row in rows]),
        np.array([row.recapture for row in rows]),
        np.concatenate(teachers),
        np.array([names.index(row.sample.source) for row in rows], dtype=np.int16),
    )


def make_shot(row: Row) -> Shot:
    """The capture of a row: recaptured where it says so, framed, degraded."""
    rng = np.random.default_rng(row.seed)
    shot = at_working_size(Shot(read_image(row.sample), row.box), rng)
    if row.recapture:
        shot = recaptured(shot, read_image(row.scene), rng)
    return apply(CAPTURE, apply(FRAMING, shot, rng), rng)


def _make_part(
    rows: list[Row], models: Path, pairs: bool
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32]]:
    cv2.setNumThreads(1)
    panel = Panel(models)
    made = [(_pair if pairs else _jitter)(row, panel) for row in rows]
    near = [[NEAR.crop(shot.image, shot.box)[:, :, ::-1] for shot in shots] for shots, _ in made]
    wide = [[WIDE.crop(shot.image, shot.box)[:, :, ::-1] for shot in shots] for shots, _ in made]
    return np.array(near), np.array(wide), np.array([scores for _, scores in made])


def _jitter(row: Row, panel: Panel) -> tuple[list[Shot], NDArray[np.float32]]:
    shot = make_shot(row)
    other = Shot(shot.image, jittered(shot.box, np.random.default_rng(row.seed + 7)))
    return [shot, other], panel.scores(shot.image, shot.box)


def _pair(row: Row, panel: Panel) -> tuple[list[Shot], NDArray[np.float32]]:
    rng = np.random.default_rng(row.seed + 7)
    shot = make_shot(row)
    close = narrow_view(shot, rng, most=0.5)
    scores = (panel.scores(shot.image, shot.box) + panel.scores(close.image, close.box)) / 2
    return [shot, Shot(close.image, jittered(close.box, rng))], scores.astype(np.float32)


def _pools(samples: Sequence[Sample]) -> dict[tuple[str, str], list[Sample]]:
    pools: dict[tuple[str, str], list[Sample]] = {}
    for sample in samples:
        names = ("bona_fide", "recaptured") if sample.bona_fide else ("attack",)
        for name in names:
            pools.setdefault((sample.source, name), []).append(sample)
    return pools
