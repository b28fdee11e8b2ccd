"""Several runs in one: `python -m training.soup --data DIR --models DIR --runs DIR DIR ...`.

Each shipped network is a mean of weights: a third the published ones, the rest equal parts of runs that
started from them, with other seeds, teachers and simulated attacks (Wortsman et al., *Model soups*, 2022).
Measures, calibrates and logs what comes out.
"""

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path

from training.boxes import boxes_of, shipped_detector
from training.data import read_manifest
from training.evalset import evaluation_set
from training.folders import Folders, parser_with_folders, write_log
from training.report import report
from training.share import blend, export_published
from training.stages import STARTS
from training.tight import FILE

NAMES = (*(start.file for start in STARTS), FILE)
TRAINED = 2 / 3
"""Of the way from the published weights to the mean of the runs."""


def soup(runs: Sequence[Path], folders: Folders) -> list[Path]:
    """Writes the means of the files of the runs and of the published ones into `folders.out`."""
    folders.out.mkdir(parents=True, exist_ok=True)
    made = []
    for name, published in zip(NAMES, export_published(folders), strict=True):
        trained = mean([run / name for run in runs], folders.work / f"mean-{name}")
        made.append(blend(published, trained, TRAINED, folders.out / name))
    return made


def mean(files: Sequence[Path], out: Path) -> Path:
    """Writes the mean of the files of one network; each counts the same."""
    so_far = files[0]
    for count, file in enumerate(files, 1):
        so_far = blend(so_far, file, 1 / count, out)
    return so_far


def main() -> None:
    """Reads the command line, averages, measures, writes the log."""
    given = _parser().parse_args()
    folders = Folders.of(given)
    files = soup(given.runs, folders)
    samples = read_manifest(folders.data)
    boxes = boxes_of(samples, shipped_detector(), folders.work / "boxes.json")
    images = evaluation_set(samples, boxes, folders.models, folders.work / "eval.npz")
    made_of = {run.name: _hashes(run) for run in given.runs}
    log = write_log("shipped", folders.data, {"made_of": made_of, **report(files, samples, images)})
    print(f"figures in {log}")


def _hashes(run: Path) -> dict[str, str]:
    return {name: hashlib.sha256((run / name).read_bytes()).hexdigest() for name in NAMES}


def _parser() -> argparse.ArgumentParser:
    parser = parser_with_folders(__doc__)
    parser.add_argument(
        "--runs", type=Path, nargs="+", required=True, help="folders with the files of one run each"
    )
    return parser


if __name__ == "__main__":
    main()
