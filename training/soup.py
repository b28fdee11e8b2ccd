"""The files that ship: `python -m training.soup --data DIR --models DIR --out DIR`, after `training.folds`.

Each network is the mean in weights of the five that were trained without a group of sources.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from training.export import export
from training.folders import Folders, write_log
from training.folds import GROUPS, parse, weights
from training.networks import STARTS, kept


def soup(folders: Folders) -> list[Path]:
    """Writes each network into `folders.out`."""
    folders.out.mkdir(parents=True, exist_ok=True)
    for start in STARTS:
        learnt = [weights(start, folders, group) for group in range(GROUPS)]
        export(kept(start, folders.models, learnt), folders.out / start.file, start.look.size)
    return [folders.out / start.file for start in STARTS]


def hashes(files: Sequence[Path]) -> dict[str, str]:
    """SHA-256 by name."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def main() -> None:
    """Reads the command line, writes the files and their log."""
    _, folders, _ = parse()
    files = soup(folders)
    made_of = [weights(start, folders, group) for start in STARTS for group in range(GROUPS)]
    entries = {"files": hashes(files), "made_of": hashes(made_of)}
    print(f"hashes in {write_log('shipped', folders.data, entries)}")


if __name__ == "__main__":
    main()
