"""Two runs in one: `python -m training.soup --data DIR --models DIR --first DIR --second DIR`.

Each shipped network is the plain mean of three sets of weights: the published ones and those of two runs
that started from them, with other teachers and simulated attacks (Wortsman et al., *Model soups*, 2022).
Measures, calibrates and logs what comes out.
"""

import argparse
import hashlib
from collections.abc import Iterable
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
"""Of the way from the published weights to the mean of the two runs: each of the three counts the same."""


def soup(first: Path, second: Path, folders: Folders) -> list[Path]:
    """Writes the means of the files of two runs and of the published ones into `folders.out`."""
    folders.out.mkdir(parents=True, exist_ok=True)
    made = []
    for name, published in zip(NAMES, export_published(folders), strict=True):
        between = blend(first / name, second / name, 0.5, folders.work / f"between-{name}")
        made.append(blend(published, between, TRAINED, folders.out / name))
    return made


def main() -> None:
    """Reads the command line, averages, measures, writes the log."""
    given = _parser().parse_args()
    folders = Folders.of(given)
    files = soup(given.first, given.second, folders)
    samples = read_manifest(folders.data)
    boxes = boxes_of(samples, shipped_detector(), folders.work / "boxes.json")
    images = evaluation_set(samples, boxes, folders.models, folders.work / "eval.npz")
    made_of = {"first": _hashes(given.first / name for name in NAMES)}
    made_of["second"] = _hashes(given.second / name for name in NAMES)
    log = write_log("shipped", folders.data, {"made_of": made_of, **report(files, samples, images)})
    print(f"figures in {log}")


def _hashes(files: Iterable[Path]) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _parser() -> argparse.ArgumentParser:
    parser = parser_with_folders(__doc__)
    parser.add_argument("--first", type=Path, required=True, help="folder with the files of one run")
    parser.add_argument("--second", type=Path, required=True, help="folder with the files of another")
    return parser


if __name__ == "__main__":
    main()
