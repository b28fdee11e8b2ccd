"""From labelled images to the shipped files: `python -m training.run --data DIR --models DIR --out DIR`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bonaface.types import Box
from training.boxes import boxes_of, how_found, shipped_detector
from training.crops import make_crops, plan_rows
from training.data import Sample, for_training, read_manifest
from training.evalset import evaluation_set
from training.export import export
from training.folders import Folders, parser_with_folders, write_log
from training.report import report
from training.stages import (
    FIRST,
    FIRST_SHARE,
    SECOND,
    SECOND_SHARE,
    STARTS,
    Options,
    load_network,
    second_scores,
    second_target,
    train,
)
from training.teachers import TIGHT
from training.tight import FILE, RECIPE, SHARE, tight_crops, train_tight
from training.workers import processes


def run(options: Options, folders: Folders, workers: int) -> dict[str, object]:
    """The whole way; returns what is logged to `training/runs/NAME.json`."""
    samples = read_manifest(folders.data)
    cache = folders.work / "boxes.json"
    boxes = boxes_of(samples, shipped_detector(), cache)
    crops = make_sets(options, folders, samples, boxes, workers)
    first = _both(options, folders, 1, crops[:1])
    files = _export(options, folders.work, first)
    second_scores(options, files, crops)
    last = _both(options, folders, 2, crops)
    files = [
        *_export(options, folders.out, last),
        _tight(options, folders, samples, boxes, crops[0], workers),
    ]
    images = evaluation_set(samples, boxes, folders.models, folders.work / "eval.npz")
    return {
        "options": asdict(options),
        "recipes": {"first": asdict(FIRST), "second": asdict(SECOND), "tight": asdict(RECIPE)},
        "shares": {"first": FIRST_SHARE, "second": SECOND_SHARE, "tight": SHARE},
        "boxes": how_found(samples, cache),
        **report(files, samples, images),
    }


def make_sets(
    options: Options, folders: Folders, samples: list[Sample], boxes: dict[str, Box], workers: int
) -> list[Path]:
    """The folders of both crop sets; made where they are not there yet."""
    training = for_training(samples, options.leave_out)
    scenes = [sample for sample in training if sample.whole_scene]
    without = f"-without-{options.leave_out}" if options.leave_out else ""
    folders_made = []
    for kind, pool, count, seed in (
        ("any", training, options.rows, options.seed),
        ("pairs", scenes, options.pairs, options.seed + 10),
    ):
        folder = folders.work / f"crops-{kind}-{count}-{seed}{without}"
        if not (folder / "source.npy").exists():
            rows = plan_rows(pool, boxes, count, seed)
            make_crops(rows, folders.models, workers, pairs=kind == "pairs").save(folder)
        folders_made.append(folder)
    return folders_made


def _both(options: Options, folders: Folders, stage: int, crops: list[Path]) -> list[Path]:
    """Both networks side by side, each in a process of its own and on one thread."""
    with processes(len(STARTS)) as pool:
        jobs = [pool.submit(train, start, options, folders, stage, crops) for start in STARTS]
        return [job.result() for job in jobs]


def _export(options: Options, out: Path, weights: list[Path]) -> list[Path]:
    out.mkdir(parents=True, exist_ok=True)
    for start, path in zip(STARTS, weights, strict=True):
        export(load_network(start, path), out / start.file)
    return [out / start.file for start in STARTS]


def _tight(
    options: Options,
    folders: Folders,
    samples: list[Sample],
    boxes: dict[str, Box],
    crops: Path,
    workers: int,
) -> Path:
    """The third network, on the crop set of any capture."""
    rows = plan_rows(for_training(samples, options.leave_out), boxes, options.rows, options.seed)
    tight_crops(rows, crops, workers)
    network = train_tight(folders.models, crops, second_target(options, crops, with_128=True))
    export(network, folders.out / FILE, TIGHT.size)
    return folders.out / FILE


def parse(words: Sequence[str] | None = None) -> tuple[Options, Folders, int]:
    """The command line: what to make, from and into which folders, and on how many processes."""
    usual = Options()
    parser = parser_with_folders(__doc__)
    parser.add_argument("--name", default=usual.name)
    parser.add_argument("--rows", type=int, default=usual.rows)
    parser.add_argument("--pairs", type=int, default=usual.pairs)
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--leave-out", default="", help="a train source to train without")
    parser.add_argument("--without-128", action="store_true", help="no teacher that learnt from CelebA-Spoof")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args(words)
    options = Options(given.name, given.rows, given.pairs, given.seed, not given.without_128, given.leave_out)
    return options, Folders.of(given), given.workers


def main() -> None:
    """Reads the command line, runs, writes the log."""
    options, folders, workers = parse()
    log = write_log(options.name, folders.data, run(options, folders, workers))
    print(f"figures in {log}")


if __name__ == "__main__":
    main()
