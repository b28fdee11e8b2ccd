"""The images in a tar: where each one's bytes are, so that any of them is read without the others."""

import tarfile
from collections.abc import Iterator
from typing import IO

from bonaface.bulk.image_files import is_image
from bonaface.bulk.item import Place
from bonaface.errors import InvalidParameterError

NOT_PLAIN = "{file} is no tar, or a compressed one: unpack it, for single images cannot be read from it."


def members_of(file: str, opened: IO[bytes]) -> Iterator[Place]:
    """Its images in their order. Links and what is no image by its name are left out.

    file: as it is told in places. Raises InvalidParameterError where it is no tar, is compressed, or cut off.
    """
    try:
        with tarfile.open(fileobj=opened, mode="r:") as tar:
            while (member := tar.next()) is not None:
                tar.members.clear()  # type: ignore[attr-defined] # else it keeps all, which may be millions
                if member.isreg() and not member.issparse() and is_image(member.name):
                    yield Place(file, member.name, member.offset_data, member.size)
    except tarfile.TarError as error:
        raise InvalidParameterError(NOT_PLAIN.format(file=file)) from error
