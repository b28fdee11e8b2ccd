"""An image as callers have it: a path, bytes, or an open file."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

Image = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
"""A `str` is a path; the address of an image is given as `url`."""

NAMELESS = "image"
EXACTLY_ONE = "Give an image or a url (or frames, where several are taken): one of them."
Parts = list[tuple[str, tuple[str, bytes]]]
"""Files of a form: the part's name, then name and bytes of the file."""


def source_of(image: Image | None, url: str | None, frames: Sequence[Image] | None = None) -> str | Parts:
    """The address, or the files, read. Raises ValueError unless exactly one is given, and as `read`."""
    if sum(given is not None for given in (image, url, frames)) != 1:
        raise ValueError(EXACTLY_ONE)
    if frames is not None:
        return [("frames", read(each)) for each in frames]
    return [("imageFile", read(image))] if image is not None else str(url)


def read(image: Image) -> tuple[str, bytes]:
    """Name and bytes of the file. Raises OSError where a path cannot be read.

    An open file is read from where it stands; it must be opened in binary mode.
    """
    if isinstance(image, bytes | bytearray | memoryview):
        return NAMELESS, bytes(image)
    if isinstance(image, str | os.PathLike):
        return Path(image).name, Path(image).read_bytes()
    content = image.read()
    if not isinstance(content, bytes):
        raise ValueError("Open the image in binary mode, as open(path, 'rb').")
    return NAMELESS, content
