"""The listing of a job: its items as they were found when it began, whatever becomes of the input later."""

import json
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bonaface.bulk.item import Item
from bonaface.errors import InvalidParameterError


@dataclass(frozen=True, slots=True)
class Part:
    """Which items of an input are this job's, where several share it: part `number` of `of`, from 1."""

    number: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> "Part":
        """Of `i/n`. Raises InvalidParameterError."""
        number, slash, of = text.partition("/")
        if slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of):
            return cls(int(number), int(of))
        raise InvalidParameterError(f"--part {text} is not i/n with i from 1 to n, as in 2/8.")

    def has(self, item: Item) -> bool:
        """By its name alone: parts agree whatever order each of them finds the input in."""
        if self.of == 1:
            return True
        name = item.capture or item.places[0].name
        return zlib.crc32(name.encode("utf-8", "surrogateescape")) % self.of == self.number - 1


@dataclass(frozen=True, slots=True)
class Listing:
    """The file of a listing. root: what paths are relative to; columns: of the manifest; count: items."""

    file: Path
    root: str
    columns: tuple[str, ...]
    count: int

    def items(self) -> Iterator[Item]:
        """In their order; none is kept."""
        with self.file.open(encoding="ascii") as lines:
            next(lines)
            for index, line in enumerate(lines):
                yield Item.of_list(index, json.loads(line))


def write_listing(
    file: Path, root: str, columns: Sequence[str], items: Iterable[Item], limit: int | None, part: Part
) -> None:
    """limit: at most so many of the input, before it is divided. Whole or not at all. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as lines:
            lines.write(f"{json.dumps([root, list(columns)])}\n")
            mine = (item for item in islice(items, limit) if part.has(item))
            lines.writelines(f"{json.dumps(item.to_list())}\n" for item in mine)
            lines.flush()
            os.fsync(lines.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_listing(file: Path) -> Listing:
    """What `write_listing` wrote. Raises OSError."""
    with file.open(encoding="ascii") as lines:
        root, columns = json.loads(next(lines))
        return Listing(file, root, tuple(columns), sum(1 for _ in lines))
