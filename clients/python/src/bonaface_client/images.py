"""An image as callers have it: a path, bytes, or an open file."""

import os
from pathlib import Path
from typing import BinaryIO

Image = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
"""A `str` is a path; the address of an image is given as `url`."""

NAMELESS = "image"
EXACTLY_ONE = "Give an image or a url: one of the two."


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
