"""Files behind URLs: object stores and web servers, by fsspec (`bonaface[bulk]`)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, cast

from bonaface.errors import ConfigurationError, InvalidParameterError
from bonaface.optional_dependencies import require_extra
from bonaface.settings import ImageLimits

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
WEB = ("http", "https")
NO_MATCH = "Nothing matches {location}; check the bucket, the folder and the pattern."


def is_url(location: str) -> bool:
    """Whether it is behind a URL."""
    return _SCHEME.match(location) is not None


@contextmanager
def opened(location: str) -> Iterator[IO[bytes]]:
    """A file behind a URL, sought in where its server can. Raises what `file_system` raises, OSError."""
    system, path = file_system(location)
    with system.open(path, "rb") as file:
        yield file


def read_whole(location: str, limits: ImageLimits) -> bytes:
    """What is there, or one byte more than an image may have. Raises OSError, or what the store raises."""
    system, path = file_system(location)
    if location.lower().startswith(WEB):
        from bonaface.imaging.image_input import read_input  # not before: it needs the libraries of images

        # As it comes: not every server gives parts. With a size, whatever it is, none is asked for first.
        with system.open(path, "rb", block_size=0, size=limits.max_bytes) as file:
            return cast(bytes, read_input(file, "rgb", limits))
    try:
        return cast(bytes, system.cat_file(path, start=0, end=limits.max_bytes + 1))
    except Exception:
        if system.size(path) == 0:  # of which a store gives no part
            return b""
        raise


def read_part(location: str, offset: int, size: int) -> bytes:
    """So many bytes of a file. Raises OSError, or what the store raises."""
    system, path = file_system(location)
    return cast(bytes, system.cat_file(path, start=offset, end=offset + size)) if size else b""


def files_under(location: str) -> Iterator[str]:
    """URLs of all files under a URL, folder by folder, each by name; or that match, if it is a pattern.

    Raises what `file_system` raises, OSError, and InvalidParameterError where nothing matches.
    """
    system, path = file_system(location)
    if any(sign in path for sign in "*?["):
        matches = sorted(system.glob(path))
        if not matches:  # as of a bucket that is not there, which is no error to every pattern
            raise InvalidParameterError(NO_MATCH.format(location=location))
        yield from (system.unstrip_protocol(match) for match in matches)
        return
    for folder, _, names in system.walk(path, topdown=True, on_error="raise"):  # else faults pass for nothing
        yield from (system.unstrip_protocol(f"{folder}/{name}") for name in sorted(names) if name)


def file_system(location: str) -> "tuple[AbstractFileSystem, str]":
    """What reads a URL, and the path there.

    Raises ConfigurationError for a package that is missing, InvalidParameterError for an unknown scheme.
    """
    require_extra("bulk", "An image behind a URL")
    from fsspec.core import url_to_fs

    try:
        return cast("tuple[Any, str]", url_to_fs(location, use_listings_cache=False))
    except ImportError as error:  # a file system whose package is no part of the extra
        raise ConfigurationError(f"{location} needs another package: {error}.") from error
    except ValueError as error:
        raise InvalidParameterError(f"{location} is no URL that fsspec reads: {error}.") from error
