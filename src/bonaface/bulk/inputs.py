"""What a bulk job is given, made the images that it means: a folder, a pattern, a manifest, a tar, a URL."""

import glob
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bonaface.bulk.image_files import files_in, is_image, is_tar
from bonaface.bulk.item import Place
from bonaface.bulk.manifest import is_manifest, read_manifest
from bonaface.bulk.object_store import files_under, is_url, opened
from bonaface.bulk.tar_members import members_of
from bonaface.errors import BonafaceError, InvalidParameterError

NEITHER = (
    "{given} is neither a folder, nor a pattern that matches, nor a manifest (.csv, .parquet), nor a .tar, "
    "nor a URL; for single images there is `bonaface check`."
)

Found = Iterator[tuple[Place, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Input:
    """The images, in their order, with what a manifest says of each.

    root: what their paths are relative to; columns: of the manifest.
    """

    root: str
    columns: tuple[str, ...]
    images: Found


@contextmanager
def open_input(given: str) -> Iterator[Input]:
    """The images of `given`, found as they are asked for.

    Raises InvalidParameterError where it is none of these or cannot be read, at once or later; what
    `object_store.file_system` raises of a URL.
    """
    try:
        if not is_manifest(given):
            yield Input(os.getcwd(), (), ((place, {}) for place in _places(given)))  # noqa: PTH109 - text
            return
        with _opened(given) as file, read_manifest(given, file) as (columns, rows):
            root = given.rpartition("/")[0] if is_url(given) else str(Path(given).absolute().parent)
            yield Input(root, columns, ((Place(name), labels) for name, labels in rows))
    except (BonafaceError, GeneratorExit):
        raise
    except OSError as error:
        raise InvalidParameterError(f"{given} cannot be read: {error.strerror or error}.") from error
    except Exception as error:  # whatever the library of a store raises
        if not is_url(given):
            raise
        raise InvalidParameterError(f"{given} cannot be read: {type(error).__name__}.") from error


def identity_of(given: str) -> str:
    """The same text for the same input, from whichever folder the command is run."""
    return given if is_url(given) else os.path.abspath(given)  # noqa: PTH100 - text, links as they are


def _places(given: str) -> Iterator[Place]:
    for name in _names(given):
        if is_tar(name):
            with _opened(name) as file:
                yield from members_of(name, file)
        elif is_image(name):
            yield Place(name)


def _names(given: str) -> Iterator[str]:
    """Files, before it is looked at what they are."""
    path = Path(given)
    if is_tar(given) and not glob.has_magic(given):
        return iter([given])
    if is_url(given):
        return files_under(given)
    if path.is_dir():
        return files_in(path)
    matches = sorted(glob.glob(given, recursive=True)) if glob.has_magic(given) else []  # noqa: PTH207 - any path
    if not matches:
        raise InvalidParameterError(NEITHER.format(given=given))
    return iter(matches)


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    if is_url(name):
        with opened(name) as file:
            yield file
        return
    with Path(name).open("rb") as file:
        yield file
