"""Which shards of a job are finished, with what each of them holds: one line of JSON for each."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bonaface.atomic_file import write_atomically
from bonaface.bulk.columns import Format, Row
from bonaface.bulk.shard_file import read_shard, shard_name, sync_folder
from bonaface.errors import InvalidParameterError

CHANGED = "{file} is not as it was written; remove it, and its items are judged again."


@dataclass(frozen=True, slots=True)
class Shard:
    """number: from 0. verdicts: how many rows have which."""

    number: int
    file: str
    items: int
    rows: int
    verdicts: Mapping[str, int]
    sha256: str


def described(number: int, file: Path, rows: Sequence[Row], items: int, sha256: str) -> Shard:
    """A shard by its rows."""
    verdicts = Counter(row["verdict"] for row in rows)
    return Shard(number, file.name, items, len(rows), dict(verdicts), sha256)


def read_shards(file: Path) -> list[Shard]:
    """The lines that are whole, in which shards stand as they were finished; none where there is no file."""
    shards: list[Shard] = []
    for line in file.read_text("utf-8").splitlines() if file.exists() else []:
        try:
            shards.append(Shard(**json.loads(line)))
        except ValueError:  # the last one, whose writer was killed
            break
    return shards


class ShardList:
    """A shard is finished when its own file is there: what the list lacks it is told anew."""

    def __init__(self, file: Path, format_: Format) -> None:
        self._file = file
        self._format = format_
        self.shards: dict[int, Shard] = {}

    def reconcile(self, count: int) -> None:
        """Take what is there as it is. count: shards that the job has.

        Raises InvalidParameterError where a shard has been changed, OSError.
        """
        known = {one.number: one for one in read_shards(self._file)}
        for number in range(count):
            file = self._file.with_name(shard_name(number, self._format))
            if file.exists():
                self.shards[number] = self._checked(file, known.get(number)) or _found(number, file)
        lines = "".join(f"{_line(one)}\n" for one in self.shards.values())
        write_atomically(self._file, lines.encode())

    def add(self, shard: Shard) -> None:
        """One more, whose file is there. On disk when this returns. Raises OSError."""
        self.shards[shard.number] = shard
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{_line(shard)}\n")
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self._file.parent)

    def _checked(self, file: Path, known: Shard | None) -> Shard | None:
        if known is not None and _digest(file) != known.sha256:
            raise InvalidParameterError(CHANGED.format(file=file))
        return known


def _found(number: int, file: Path) -> Shard:
    rows = list(read_shard(file, ["image", "verdict"]))
    return described(number, file, rows, len({row["image"] for row in rows}), _digest(file))


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _line(shard: Shard) -> str:
    return json.dumps(asdict(shard))
