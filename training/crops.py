"""The training set: augmented crops of the `train` sources, made once and kept in memory-mapped arrays.

Every row is one capture with its box found again: both crops of a row share label and teachers' scores (those
of the box as detected), which makes the networks indifferent to the box.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.geometry import Box
from bonaface.imaging.picture import Picture
from training.augment import CAPTURE, FRAMING, apply, at_working_size, jittered
from training.data import Sample, read_image, sources
from training.face_sample import FaceSample
from training.recapture import recaptured
from training.teachers import VIEWS, Panel
from training.workers import processes

_SHARES = {"bona_fide": 0.42, "recaptured": 0.25, "attack": 0.33}
_PART = 250


@dataclass(frozen=True, slots=True)
class Row:
    """What to make: a sample, whether it is recaptured, a scene to put behind it, and a seed."""

    sample: Sample
    box: Box
    recapture: bool
    scene: Sample
    seed: int

    def shows(self, source: str) -> bool:
        """Whether any of the row's pixels are of the source, be it only behind a simulated attack."""
        return self.sample.source == source or (self.recapture and self.scene.source == source)


@dataclass(frozen=True, slots=True)
class CropSet:
    """N rows. crops: by view, N x 2 boxes x S x S x 3 uint8 BGR; bona_fide, recaptured: N; teachers: N x 3,
    log-odds by the published networks."""

    crops: dict[str, NDArray[np.uint8]]
    bona_fide: NDArray[np.bool_]
    recaptured: NDArray[np.bool_]
    teachers: NDArray[np.float32]

    @classmethod
    def load(cls, folder: Path) -> "CropSet":
        """Memory-mapped, read only."""

        def read(name: str) -> NDArray[Any]:
            return np.asanyarray(np.load(folder / f"{name}.npy", mmap_mode="r"))

        crops = {view: read(view) for view in VIEWS}
        return cls(crops, read("bona_fide"), read("recaptured"), read("teachers"))


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
        sample, scene = pool[int(rng.integers(len(pool)))], samples[int(rng.integers(len(samples)))]
        recapture = keys[choice][1] == "recaptured"
        rows.append(Row(sample, boxes[sample.path], recapture, scene, seed * 1_000_003 + number))
    return rows


def make_crops(rows: Sequence[Row], models: Path, folder: Path, workers: int) -> None:
    """Writes the crop set of all rows, on several processes; the result depends on the rows alone."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {
        view: np.lib.format.open_memmap(
            folder / f"{view}.npy", "w+", np.uint8, (len(rows), 2, look.size, look.size, 3)
        )
        for view, look in VIEWS.items()
    }
    parts = [list(rows[start : start + _PART]) for start in range(0, len(rows), _PART)]
    teachers, done = [], 0
    with processes(workers) as pool:
        for crops, scores in pool.map(_make_part, parts, [models] * len(parts)):
            for view, made in crops.items():
                arrays[view][done : done + len(scores)] = made
            teachers.append(scores)
            done += len(scores)
            print(f"crops: {done} of {len(rows)}", flush=True)
    np.save(folder / "bona_fide.npy", [row.sample.bona_fide and not row.recapture for row in rows])
    np.save(folder / "recaptured.npy", [row.recapture for row in rows])
    np.save(folder / "teachers.npy", np.concatenate(teachers))  # last: a folder that has it is whole


def face_crops(samples: Sequence[Sample], boxes: Mapping[str, Box], folder: Path) -> dict[str, Path]:
    """Files by view, each N x S x S x 3 uint8 BGR: every sample as the product looks at it. Made
    once."""
    files = {view: face_file(view, folder) for view in VIEWS}
    if not all(file.exists() for file in files.values()):
        made: dict[str, list[NDArray[np.uint8]]] = {view: [] for view in VIEWS}
        for sample in samples:
            box = boxes[sample.path]
            seen = Picture.of(read_image(sample)).view_of(box)
            for view, look in VIEWS.items():
                made[view].append(look.crop(seen.pixels, seen.box_in(box).rounded())[:, :, ::-1])
        for view, crops in made.items():
            np.save(files[view], np.array(crops, np.uint8))
    return files


def face_file(view: str, folder: Path) -> Path:
    """Where `face_crops` keeps a view."""
    return folder / f"faces-{view}.npy"


def face_sample_of(row: Row) -> FaceSample:
    """The capture of a row: recaptured where it says so, framed, degraded."""
    rng = np.random.default_rng(row.seed)
    face_sample = at_working_size(FaceSample(read_image(row.sample), row.box), rng)
    if row.recapture:
        face_sample = recaptured(face_sample, read_image(row.scene), rng)
    return apply(CAPTURE, apply(FRAMING, face_sample, rng), rng)


def _make_part(rows: list[Row], models: Path) -> tuple[dict[str, NDArray[np.uint8]], NDArray[np.float32]]:
    cv2.setNumThreads(1)
    panel = Panel(models)
    face_samples = [_jitter(row) for row in rows]
    crops = {
        view: np.array(
            [[look.crop(one.image, one.box)[:, :, ::-1] for one in pair] for pair in face_samples], np.uint8
        )
        for view, look in VIEWS.items()
    }
    return crops, np.array(
        [panel.scores(face_sample.image, face_sample.box) for face_sample, _ in face_samples]
    )


def _jitter(row: Row) -> tuple[FaceSample, FaceSample]:
    face_sample = face_sample_of(row)
    return face_sample, FaceSample(
        face_sample.image, jittered(face_sample.box, np.random.default_rng(row.seed + 7))
    )


def _pools(samples: Sequence[Sample]) -> dict[tuple[str, str], list[Sample]]:
    pools: dict[tuple[str, str], list[Sample]] = {}
    for sample in samples:
        names = ("bona_fide", "recaptured") if sample.bona_fide else ("attack",)
        for name in names:
            pools.setdefault((sample.source, name), []).append(sample)
    return pools
