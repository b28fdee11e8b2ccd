"""Which images a command means: files, folders, patterns, and standard input."""

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

STANDARD_INPUT = Path("-")
SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif")
"""Of a folder, files with these endings, in any case. What a file is, its content says, not its name."""


def find_images(given: Iterable[str]) -> list[Path]:
    """Each image once, in the order given; a folder's by name, with those of its folders.

    A pattern (`*`, `?`, `[...]`, `**`) is what it matches, unless there is a file of that very name. What is
    not there, or cannot be listed, stays as it was given: who reads it learns why. Hidden files of a folder,
    and links to other folders, are left out.
    """
    return list(dict.fromkeys(path for one in given for path in _expanded(one)))


def _expanded(given: str) -> Iterator[Path]:
    path = Path(given)
    if path == STANDARD_INPUT:
        yield path
    elif path.is_dir():
        yield from _in_folder(path)
    elif not path.exists() and glob.has_magic(given):
        matches = sorted(glob.glob(given, recursive=True))  # noqa: PTH207 - any path
        yield from (image for match in matches for image in _expanded_match(Path(match)))
        if not matches:
            yield path
    else:
        yield path


def _expanded_match(path: Path) -> Iterator[Path]:
    """A file; or nothing of a folder that a pattern with `**` matches besides its files."""
    if not path.is_dir():
        yield path


def _in_folder(folder: Path) -> Iterator[Path]:
    """The images in the folder; the folder itself where there is none."""
    unreadable: list[Path] = []
    is_empty = True
    listing = os.walk(folder, onerror=lambda error: unreadable.append(Path(error.filename)))
    for where, folders, names in listing:
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                is_empty = False
                yield Path(where) / name
    yield from unreadable
    if is_empty and not unreadable:
        yield folder
