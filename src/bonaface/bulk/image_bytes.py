"""The bytes of an image, wherever it lies: a file, a tar, behind a URL."""

from pathlib import Path
from typing import cast

from bonaface.bulk.item import Place
from bonaface.bulk.object_store import is_url, read_part, read_whole
from bonaface.imaging.image_input import read_input
from bonaface.settings import ImageLimits


def read_image(place: Place, root: str, limits: ImageLimits) -> bytes:
    """All of it, or one byte more than an image may have.

    root: what relative paths are relative to. Raises OSError, or whatever else a store raises.
    """
    location, most = place.located(root), limits.max_bytes + 1
    if place.size is not None:
        return _read_part(location, place.offset, min(place.size, most))
    if is_url(location):
        return read_whole(location, limits)
    return cast(bytes, read_input(Path(location), "rgb", limits))


def _read_part(location: str, offset: int, size: int) -> bytes:
    if is_url(location):
        return read_part(location, offset, size)
    with Path(location).open("rb") as file:
        file.seek(offset)
        return file.read(size)
