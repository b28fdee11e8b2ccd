"""Each training source left out in its turn: `python -m training.leaveout --data DIR --models DIR`.

The recipe is shortened to fit two slow cores: no second stage, 6000 rows and two epochs in place of four (the
third network: 3000 and one in place of two); the four smallest sources are left out together. One crop set
serves all folds: rows that show a left-out source, even as the scene behind a simulated attack, are dropped.
The figures go to `training/runs/leave-out.json`.
"""

import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bonaface.liveness.context import correction
from bonaface.models.catalog import ContextShift
from training import tight
from training.boxes import boxes_of, open_detector
from training.calibrate import fuse
from training.crops import CropSet, Row, make_crops, plan_rows
from training.data import Sample, for_training, manifest_hash, read_manifest
from training.evalset import EvalSet, evaluation_set
from training.finetune import Lesson, finetune, interpolated, score
from training.measure import as_dict, by_source
from training.network import MiniFasNet, load_upstream
from training.stages import FIRST, FIRST_SHARE, STARTS, Folders, Options
from training.teachers import fused

USED = 6000
"""Rows that a fold trains on, drawn from those that it may see."""

PAIR = replace(FIRST, epochs=2)
THIRD = replace(tight.RECIPE, epochs=1)
SHIFT = ContextShift(least=1.2, full=2.0, log_odds=3.0)
"""The framing of the shipped set."""

SMALL = ("sankalita-webcam", "small-crops", "tdp-kaggle", "video-frames")
VIEWS = ("near", "wide", "tight")
_M128 = 2


@dataclass(frozen=True, slots=True)
class Fold:
    """What is left out, and whether the network that learnt from CelebA-Spoof teaches and is in the set."""

    name: str
    left_out: tuple[str, ...] = ()
    with_128: bool = True

    @property
    def views(self) -> tuple[str, ...]:
        """The networks of the fold's set."""
        return VIEWS if self.with_128 else VIEWS[:_M128]


FOLDS = (
    Fold("feni-kiosk", ("feni-kiosk",)),
    Fold("yildirimege", ("yildirimege",)),
    Fold("pyi-webcam-crops", ("pyi-webcam-crops",)),
    Fold("small", SMALL),
    Fold("none"),
    Fold("none-without-128", with_128=False),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fold's networks are read and kept. crops: the set with its `tight.npy`; rows: its N plans."""

    models: Path
    work: Path
    crops: Path
    rows: Sequence[Row]

    def weights(self, fold: Fold, view: str) -> Path:
        """Of a network trained all the way, before any of it is taken back."""
        return self.work / f"leave-out-{fold.name}-{view}.pt"


def allowed(rows: Sequence[Row], fold: Fold) -> NDArray[np.intp]:
    """Positions of the `USED` rows of a fold, sorted; none of them shows a source that is left out."""
    seen = [
        number
        for number, row in enumerate(rows)
        if row.sample.source not in fold.left_out
        and not (row.recapture and row.scene.source in fold.left_out)
    ]
    order = np.random.default_rng(len(fold.left_out) + len(seen)).permutation(seen)
    return np.sort(order[:USED])


def fit(place: Place, fold: Fold, view: str) -> None:
    """Trains one network of a fold on one thread; the third needs the other two."""
    torch.set_num_threads(1)
    if place.weights(fold, view).exists():
        return
    chosen = allowed(place.rows, fold)
    loaded = CropSet.load(place.crops)
    if view == "tight":
        chosen = chosen[::2]
        target, recipe = _third_target(place, fold, chosen), THIRD
    else:
        target = fused(loaded.teachers[chosen], (1, 1, 2 * int(fold.with_128)))
        recipe = PAIR
    crops = np.load(place.crops / f"{view}.npy", mmap_mode="r")[chosen]
    lesson = Lesson(crops, loaded.bona_fide[chosen], loaded.recaptured[chosen], target)
    trained = finetune(published(place.models, view), lesson, recipe)
    torch.save(trained.state_dict(), place.weights(fold, view))


def network_of(place: Place, fold: Fold, view: str, share: float = FIRST_SHARE) -> MiniFasNet:
    """A fold's network, `share` of the way from the published weights."""
    start = published(place.models, view)
    end = published(place.models, view)
    end.load_state_dict(torch.load(place.weights(fold, view), weights_only=True))
    return interpolated(start, end, share)


def published(models: Path, view: str) -> MiniFasNet:
    """The network that the one of this view starts from."""
    if view == "tight":
        return tight.load_published(models / tight.PUBLISHED)
    start = STARTS[VIEWS.index(view)]
    return load_upstream(models / start.weights, start.plan)


def measured(place: Place, fold: Fold, samples: Sequence[Sample], images: EvalSet) -> dict[str, object]:
    """Rates of the sources left out, or where none is, of those that only measure."""
    rows = [i for i, s in enumerate(samples) if s.source in fold.left_out or _measures(s, fold)]
    columns = [score(network_of(place, fold, view), getattr(images, view)[rows, 0]) for view in fold.views]
    near, wide, third = images.upstream[rows].T
    scores = {
        "ours": fuse(columns, [1] * len(columns)) - correction(images.scales[rows, 0], SHIFT),
        "uncorrected": fuse(columns, [1] * len(columns)),
        "near_and_wide": fuse(columns[:_M128], [1, 1]),
        "upstream_pair": fuse([near, wide], [1, 1]),
        "upstream_three": fuse([near, wide, third], [1, 1, 1]),
    }
    chosen = [samples[row] for row in rows]
    return {name: as_dict(by_source(np.asarray(one, np.float64), chosen)) for name, one in scores.items()}


def run(folders: Folders, options: Options, workers: int) -> dict[str, object]:
    """Trains what is not there yet, measures, and returns what is logged."""
    samples = read_manifest(folders.data)
    boxes = boxes_of(samples, open_detector(folders.centerface), folders.work / "boxes.json")
    rows = plan_rows(for_training(samples), boxes, options.rows, options.seed)
    crops = folders.work / f"crops-any-{options.rows}-{options.seed}"
    if not (crops / "source.npy").exists():
        make_crops(rows, folders.models, workers).save(crops)
    tight.tight_crops(rows, crops, workers)
    place = Place(folders.models, folders.work, crops, rows)
    for views in (VIEWS[:_M128], VIEWS[_M128:]):
        jobs = [(place, fold, view) for fold in FOLDS for view in views if view in fold.views]
        with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
            list(pool.map(fit, *zip(*jobs, strict=True)))
    images = evaluation_set(samples, boxes, folders.models, folders.work / "eval.npz")
    return {
        "options": asdict(options),
        "recipes": {"pair": asdict(PAIR), "third": asdict(THIRD), "used": USED, "share": FIRST_SHARE},
        "manifest_sha256": manifest_hash(folders.data),
        "folds": {fold.name: measured(place, fold, samples, images) for fold in FOLDS},
    }


def _measures(sample: Sample, fold: Fold) -> bool:
    return not fold.left_out and sample.use == "measure"


def _third_target(place: Place, fold: Fold, chosen: NDArray[np.intp]) -> NDArray[np.float32]:
    """The mean of the fold's first two networks and of the third as published."""
    loaded = CropSet.load(place.crops)
    pair = [score(network_of(place, fold, view), getattr(loaded, view)[chosen, 0]) for view in VIEWS[:_M128]]
    return fused(np.stack([*pair, loaded.teachers[chosen, _M128]], axis=1), (1, 1, 1))


def main() -> None:
    """Reads the command line, runs, writes the log."""
    from training.run import parse

    options, folders, workers = parse()
    log = Path(__file__).parent / "runs" / "leave-out.json"
    log.write_text(json.dumps(run(folders, options, workers), indent=1) + "\n")
    print(f"figures in {log}")


if __name__ == "__main__":
    main()
