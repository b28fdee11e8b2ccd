"""The files that ship: `python -m training.soup --data DIR --models DIR --out DIR`, after `training.folds`.

Each network is the mean in weights of the five that were trained without a group of sources, its wide
layers in integers (`training.quantize`).
"""

from pathlib import Path

from training.export import export
from training.folders import Folders, hashes, write_log
from training.folds import GROUPS, parse, weights
from training.networks import STARTS, kept
from training.quantize import floats, quantize_files


def soup(folders: Folders) -> list[Path]:
    """Writes each network in floats into `folders.work`."""
    for start in STARTS:
        learnt = [weights(start, folders, group) for group in range(GROUPS)]
        export(kept(start, folders.models, learnt), floats(start, folders), start.look.size)
    return [floats(start, folders) for start in STARTS]


def main() -> None:
    """Reads the command line, writes the files and their log."""
    _, folders, _ = parse()
    folders.out.mkdir(parents=True, exist_ok=True)
    exported = soup(folders)
    files = quantize_files(folders)
    made_of = [weights(start, folders, group) for start in STARTS for group in range(GROUPS)]
    entries = {"files": hashes(files), "floats": hashes(exported), "made_of": hashes(made_of)}
    print(f"hashes in {write_log('shipped', folders.data, entries)}")


if __name__ == "__main__":
    main()
