"""What a bulk job judges at once: an image, or the frames of a capture."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """Where an image is.

    file: a path, relative to the root of the job or absolute, or a URL. member, offset, size: which bytes of
    a tar they are, and what it calls them; size is None for a file of its own.
    """

    file: str
    member: str = ""
    offset: int = 0
    size: int | None = None

    @property
    def name(self) -> str:
        """By which rows tell it, as text; bytes that are none are told in hexadecimal."""
        whole = f"{self.file}/{self.member}" if self.member else self.file
        return os.fsencode(whole).decode("utf-8", "backslashreplace")

    def located(self, root: str) -> str:
        """The path or URL of its file."""
        return self.file if "://" in self.file else _joined(root, self.file)


@dataclass(frozen=True, slots=True)
class Item:
    """One image, or one capture with its frames.

    index: its line in the listing, from 0. number: its place in all of the input, from 1. capture: its name,
    where frames are judged together. labels: what the manifest says of it, by column.
    """

    index: int
    number: int
    places: Sequence[Place]
    capture: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    def to_list(self) -> list[Any]:
        """For JSON."""
        places = [[one.file] if one.size is None else _of_tar(one) for one in self.places]
        return [self.number, places, self.capture, dict(self.labels)]

    @classmethod
    def of_list(cls, index: int, told: Sequence[Any]) -> "Item":
        """What `to_list` gave."""
        number, places, capture, labels = told
        return cls(index, number, tuple(Place(*place) for place in places), capture, labels)


def _of_tar(place: Place) -> list[Any]:
    return [place.file, place.member, place.offset, place.size]


def _joined(root: str, file: str) -> str:
    """Beside a manifest that is behind a URL lie its images; elsewhere paths are of the file system."""
    return f"{root}/{file.lstrip('/')}" if "://" in root else os.path.join(root, file)  # noqa: PTH118 - text
