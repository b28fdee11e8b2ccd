"""Scores by networks that did not see the source: `python -m training.folds --data DIR --models DIR`.

The `train` sources are dealt into five groups; for each, every network is trained without it, on rows that do
not show it even behind a simulated attack, and scores it. A `measure` image, which no network learns from, is
scored by one of the five in turn. What ships is the mean of the five in weights: `training.soup`.

Writes `training/runs/folds.csv`, a manifest of scores without images that `bonaface calibrate` reads, and
`training/runs/folds.json`: recipe, versions, groups, hashes.
"""

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bonaface.geometry import Box
from training.boxes import boxes_of, how_found, shipped_detector
from training.crops import CropSet, Row, face_crops, make_crops, plan_rows
from training.data import Sample, for_training, read_manifest, sources
from training.export import export
from training.folders import RUNS, Folders, parser_with_folders, write_log
from training.networks import RECIPE, STARTS, TEACHERS, Start, kept, train
from training.scoring import score_file
from training.teachers import CLIP
from training.workers import processes

GROUPS = 5
USED = 6000
"""Rows that a network of a group learns from, drawn from those that it may see."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the result depends on besides images, published weights and recipe. rows: captures learnt from."""

    rows: int = 12000
    seed: int = 21


_COLUMNS = ("path", "use", "source", "label", "attack_type", "subject", "scene")

Scores = dict[str, NDArray[np.float32]]
"""Log-odds by view, one a sample."""


def groups(samples: Sequence[Sample]) -> list[list[str]]:
    """The `train` sources, dealt from the largest to the smallest, to and fro, so that groups are alike."""
    training = for_training(samples)
    sizes = {source: sum(sample.source == source for sample in training) for source in sources(training)}
    order = sorted(sizes, key=lambda source: (-sizes[source], source))
    places = [*range(GROUPS), *reversed(range(GROUPS))]
    return [
        [source for number, source in enumerate(order) if places[number % len(places)] == group]
        for group in range(GROUPS)
    ]


def allowed(rows: Sequence[Row], left_out: Sequence[str], seed: int) -> NDArray[np.intp]:
    """Positions of the `USED` rows that a group's networks learn from, sorted."""
    seen = [place for place, row in enumerate(rows) if not any(row.shows(source) for source in left_out)]
    return np.sort(np.random.default_rng(seed).permutation(seen)[:USED])


def scored_by(samples: Sequence[Sample], dealt: Sequence[Sequence[str]]) -> NDArray[np.intp]:
    """For each sample the group whose networks did not see its source."""
    group = {source: number for number, one in enumerate(dealt) for source in one}
    return np.array([group.get(sample.source, place % GROUPS) for place, sample in enumerate(samples)])


def fused_log_odds(scores: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float64]:
    """What the product's fusion gives: the mean of the clipped log-odds."""
    return np.mean([np.clip(one.astype(np.float64), -CLIP, CLIP) for one in scores.values()], axis=0)


def run(options: Options, folders: Folders, workers: int) -> dict[str, object]:
    """Trains what is not there yet, scores, writes the table, returns what is logged."""
    samples = read_manifest(folders.data)
    boxes = boxes_of(samples, shipped_detector(), folders.work / "boxes.json")
    rows, crops = crop_set(options, folders, samples, boxes, workers)
    dealt = groups(samples)
    with processes(workers) as pool:
        jobs = [
            pool.submit(_train, start, folders, crops, allowed(rows, left_out, options.seed), group)
            for group, left_out in enumerate(dealt)
            for start in reversed(STARTS)  # the slowest first
        ]
        for job in jobs:
            job.result()
        faces, turns = face_crops(samples, boxes, folders.work), scored_by(samples, dealt)
        asked = {
            start.view: pool.submit(_score, start, folders, faces[start.view], turns) for start in STARTS
        }
        scores = {view: job.result() for view, job in asked.items()}
    table = write_scores(RUNS / "folds.csv", samples, scores)
    return {
        "options": asdict(options),
        "recipe": {**asdict(RECIPE), "rows": USED, "teachers": TEACHERS},
        "weight_blends": {start.view: start.weight_blend for start in STARTS},
        "groups": dealt,
        "boxes": how_found(samples, folders.work / "boxes.json"),
        "scores_sha256": hashlib.sha256(table.read_bytes()).hexdigest(),
    }


def crop_set(
    options: Options, folders: Folders, samples: Sequence[Sample], boxes: dict[str, Box], workers: int
) -> tuple[list[Row], Path]:
    """The plan of the rows and the folder of their crops, made where it is not there yet."""
    rows = plan_rows(for_training(samples), boxes, options.rows, options.seed)
    folder = folders.work / f"crops-{options.rows}-{options.seed}"
    if not (folder / "teachers.npy").exists():
        make_crops(rows, folders.models, folder, workers)
    return rows, folder


def write_scores(path: Path, samples: Sequence[Sample], scores: Scores) -> Path:
    """A manifest whose column `log_odds` is the fusion; those of the networks stand beside it. Subjects are
    numbered: some data sets name them by their first names."""
    fused = fused_log_odds(scores)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*_COLUMNS, "log_odds", *scores])
        people: dict[str, str] = {}
        for place, sample in enumerate(samples):
            label = "bona_fide" if sample.bona_fide else "attack"
            scene = "full" if sample.whole_scene else "crop"
            who = people.setdefault(sample.subject, str(len(people))) if sample.subject else ""
            known = [sample.path, sample.use, sample.source, label, sample.attack_type, who, scene]
            numbers = [fused[place], *(one[place] for one in scores.values())]
            writer.writerow([*known, *(f"{number:.4f}" for number in numbers)])
    return path


def _train(start: Start, folders: Folders, crops: Path, rows: NDArray[np.intp], group: int) -> None:
    train(start, folders.models, CropSet.load(crops), rows, weights(start, folders, group))


def _score(start: Start, folders: Folders, faces: Path, turns: NDArray[np.intp]) -> NDArray[np.float32]:
    """Log-odds of one view, each sample by the network that did not see it."""
    torch.set_num_threads(1)
    crops, scores = np.load(faces, mmap_mode="r"), np.zeros(len(turns), np.float32)
    for group in range(GROUPS):
        file = folders.work / f"fold-{group}-{start.file}"
        export(kept(start, folders.models, [weights(start, folders, group)]), file, start.look.size)
        chosen = turns == group
        scores[chosen] = score_file(file, crops[chosen])
    return scores


def weights(start: Start, folders: Folders, group: int) -> Path:
    """Where the networks of a group keep what they learnt."""
    return folders.work / f"fold-{group}-{start.view}.pt"


def parse(words: Sequence[str] | None = None) -> tuple[Options, Folders, int]:
    """The command line: what to make, from and into which folders, and on how many processes."""
    usual = Options()
    parser = parser_with_folders(__doc__)
    parser.add_argument("--rows", type=int, default=usual.rows)
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args(words)
    return Options(given.rows, given.seed), Folders.of(given), given.workers


def main() -> None:
    """Reads the command line, runs, writes the log."""
    options, folders, workers = parse()
    log = write_log("folds", folders.data, run(options, folders, workers))
    print(f"figures in {log}")


if __name__ == "__main__":
    main()
