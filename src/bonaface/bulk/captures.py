"""Images made items: each for itself, or those that lie next to each other and are of one capture."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from pathlib import PurePosixPath

from bonaface.bulk.item import Item, Place
from bonaface.errors import InvalidParameterError

FOLDER = "folder"
"""What `--frames` is given where the images of a folder are frames of a capture."""
MOST_FRAMES = 10
"""Of a capture, as on /v2."""

Image = tuple[Place, Mapping[str, str]]


def singly(images: Iterable[Image]) -> Iterator[Item]:
    """An item for each image."""
    for number, (place, labels) in enumerate(images, 1):
        yield Item(0, number, (place,), labels=labels)


def by_capture(images: Iterable[Image], by: str, columns: Iterable[str]) -> Iterator[Item]:
    """An item for each capture, with the labels of its first image, and one frame too many at most.

    by: the column of the manifest that names the capture, or `folder`. Raises InvalidParameterError where
    there is no such column.
    """
    if by != FOLDER and by not in set(columns):
        raise InvalidParameterError(
            f"--frames {by} names no column of the manifest; name one, or `{FOLDER}` for those of a folder."
        )
    groups = groupby(images, lambda image: _capture(image, by))
    for number, (capture, frames) in enumerate(groups, 1):
        some = list(islice(frames, MOST_FRAMES + 1))
        yield Item(0, number, tuple(place for place, _ in some), capture, some[0][1])


def _capture(image: Image, by: str) -> str:
    place, labels = image
    return str(PurePosixPath(place.name).parent) if by == FOLDER else labels[by]
