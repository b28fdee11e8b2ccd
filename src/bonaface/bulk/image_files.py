"""The images of a folder and its folders, by name, with few names in memory however many there are."""

import heapq
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO

SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif")
"""Of a folder, files with these endings, in any case. What a file is, its content says, not its name."""
TAR = ".tar"
AT_ONCE = 100_000
"""Names that are held in memory to be sorted; more go through a temporary file."""


def is_image(name: str) -> bool:
    """By its ending; hidden files are none."""
    return name.lower().endswith(SUFFIXES) and not os.path.basename(name).startswith(".")  # noqa: PTH119 - text


def is_tar(name: str) -> bool:
    """By its ending."""
    return name.lower().endswith(TAR)


def files_in(folder: Path) -> Iterator[str]:
    """Images and tars, by name, each folder's files before those of its folders.

    Hidden files and folders, and links to folders, are left out. Raises OSError for a folder that cannot be
    listed: what is missing would be missed by nobody.
    """
    yield from (str(folder / name) for name in sorted_names(_names(folder)))
    for name in sorted_names(_folders(folder)):
        yield from files_in(folder / name)


def sorted_names(names: Iterable[str], at_once: int = AT_ONCE) -> Iterator[str]:
    """In their order, with so many in memory at most."""
    remaining = iter(names)
    first = sorted(islice(remaining, at_once))
    if len(first) < at_once:
        yield from first
        return
    runs: list[Iterable[str]] = [_spilled(first)]
    while chunk := sorted(islice(remaining, at_once)):
        runs.append(_spilled(chunk))
    yield from heapq.merge(*runs)


def _names(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if (is_image(entry.name) or is_tar(entry.name)) and not entry.is_dir():
                yield entry.name


def _folders(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                yield entry.name


def _spilled(names: list[str]) -> Iterator[str]:
    """The names, from a file that is gone once nobody reads it any more."""
    file = tempfile.TemporaryFile("w+", encoding="ascii")  # noqa: SIM115 - open while it is read
    file.writelines(f"{json.dumps(name)}\n" for name in names)
    file.seek(0)
    return _read_back(file)


def _read_back(file: IO[str]) -> Iterator[str]:
    with file:
        yield from map(json.loads, file)
