"""Each training source left out in its turn: `python -m training.leaveout --data DIR --models DIR`.

The recipe is shortened to fit two slow cores. Near and wide alone are trained, by stage one on 6000 rows for
two epochs in place of four; the third network is the published one, which has seen none of these sources; the
four smallest sources are left out together. One crop set serves all folds: rows that show a left-out source,
even as the scene behind a simulated attack, are dropped. Figures go to `training/runs/leave-out.json`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from training.boxes import boxes_of, shipped_detector
from training.calibrate import fuse
from training.crops import CropSet, Row, make_crops, plan_rows
from training.data import Sample, for_training, read_manifest
from training.evalset import EvalSet, evaluation_set
from training.export import export
from training.finetune import Lesson, finetune, interpolated
from training.folders import Folders, write_log
from training.measure import as_dict, by_source
from training.network import MiniFasNet, load_upstream
from training.report import score_file
from training.stages import FIRST, STARTS, Options, Start, load_network
from training.teachers import fused
from training.workers import processes

USED = 6000
"""Rows that a fold trains on, drawn from those that it may see."""

RECIPE = replace(FIRST, epochs=2)
SHARE = 0.4
"""Of a fold's training against the published weights: less trained than what ships, less is kept."""

SMALL = ("sankalita-webcam", "small-crops", "tdp-kaggle", "video-frames")


@dataclass(frozen=True, slots=True)
class Fold:
    """What is left out, and whether the network that learnt from CelebA-Spoof teaches and is in the set."""

    name: str
    left_out: tuple[str, ...] = ()
    with_128: bool = True


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
    """Where a fold's networks are read and kept. crops: the crop set; rows: its N plans."""

    models: Path
    work: Path
    crops: Path
    rows: Sequence[Row]

    def weights(self, fold: Fold, start: Start) -> Path:
        """Of a network trained all the way, before any of it is taken back."""
        return self.work / f"leave-out-{fold.name}-{start.view}.pt"


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


def fit(place: Place, fold: Fold, start: Start) -> None:
    """Trains one network of a fold on one thread."""
    torch.set_num_threads(1)
    if place.weights(fold, start).exists():
        return
    chosen = allowed(place.rows, fold)
    loaded = CropSet.load(place.crops)
    target = fused(loaded.teachers[chosen], (1, 1, 2 * int(fold.with_128)))
    crops = getattr(loaded, start.view)[chosen]
    lesson = Lesson(crops, loaded.bona_fide[chosen], loaded.recaptured[chosen], target)
    trained = finetune(load_upstream(place.models / start.weights, start.plan), lesson, RECIPE)
    torch.save(trained.state_dict(), place.weights(fold, start))


def network_of(place: Place, fold: Fold, start: Start) -> MiniFasNet:
    """A fold's network, as far from the published weights as what ships."""
    upstream = load_upstream(place.models / start.weights, start.plan)
    return interpolated(upstream, load_network(start, place.weights(fold, start)), SHARE)


def measured(place: Place, fold: Fold, samples: Sequence[Sample], images: EvalSet) -> dict[str, object]:
    """Rates of the sources left out, or where none is, of those that only measure."""
    rows = [i for i, s in enumerate(samples) if s.source in fold.left_out or _measures(s, fold)]
    pair = []
    for one in STARTS:
        file = place.work / f"leave-out-{fold.name}-{one.file}"
        export(network_of(place, fold, one), file)
        pair.append(score_file(file, getattr(images, one.view)[rows, 0]))
    near, wide, third = images.upstream[rows].T
    scores = {
        "pair": fuse(pair, [1, 1]),
        "pair_and_third": fuse([*pair, third], [1, 1, 1]),
        "upstream_pair": fuse([near, wide], [1, 1]),
        "upstream_three": fuse([near, wide, third], [1, 1, 1]),
    }
    chosen = [samples[row] for row in rows]
    return {name: as_dict(by_source(one, chosen)) for name, one in scores.items()}


def run(folders: Folders, options: Options, workers: int) -> dict[str, object]:
    """Trains what is not there yet, measures, and returns what is logged."""
    samples = read_manifest(folders.data)
    boxes = boxes_of(samples, shipped_detector(), folders.work / "boxes.json")
    rows = plan_rows(for_training(samples), boxes, options.rows, options.seed)
    place = Place(folders.models, folders.work, crop_set(folders, options, rows, workers), rows)
    with processes(workers) as pool:
        jobs = [pool.submit(fit, place, fold, start) for fold in FOLDS for start in STARTS]
        for job in jobs:
            job.result()
    images = evaluation_set(samples, boxes, folders.models, folders.work / "eval.npz")
    return {
        "options": asdict(options),
        "recipe": {**asdict(RECIPE), "rows": USED, "share": SHARE},
        "folds": {fold.name: measured(place, fold, samples, images) for fold in FOLDS},
    }


def crop_set(folders: Folders, options: Options, rows: Sequence[Row], workers: int) -> Path:
    """The folder of the crops of all rows; made where it is not there yet."""
    crops = folders.work / f"crops-any-{options.rows}-{options.seed}"
    if not (crops / "source.npy").exists():
        make_crops(rows, folders.models, workers).save(crops)
    return crops


def _measures(sample: Sample, fold: Fold) -> bool:
    return not fold.left_out and sample.use == "measure"


def main() -> None:
    """Reads the command line, runs, writes the log."""
    from training.run import parse

    options, folders, workers = parse()
    log = write_log("leave-out", folders.data, run(folders, options, workers))
    print(f"figures in {log}")


if __name__ == "__main__":
    main()
