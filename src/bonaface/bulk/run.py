"""A bulk job from its listing to its last shard; begun again it goes on behind what is finished."""

import fcntl
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bonaface.bulk.captures import by_capture, singly
from bonaface.bulk.columns import Row, carried
from bonaface.bulk.inputs import open_input
from bonaface.bulk.item import Item
from bonaface.bulk.job import Job, hold_against
from bonaface.bulk.listing import Listing, Part, read_listing, write_listing
from bonaface.bulk.shard_file import remove_unfinished, shard_name, write_shard
from bonaface.bulk.shard_list import ShardList, described
from bonaface.errors import InvalidParameterError

JOB, LISTING, SHARDS, LOCK = "job.json", "listing.jsonl", "shards.jsonl", ".lock"


class Runner(Protocol):
    """What judges items."""

    def judged(self, items: Iterator[Item]) -> Iterator[tuple[Item, list[Row]]]:
        """Each item once with its rows, in whatever order; few are held at once."""
        ...


@dataclass(slots=True)
class BulkRun:
    """A job in its folder. Between `open_run` and `finish` it tells how far it is."""

    job: Job
    folder: Path
    listing: Listing
    shards: ShardList
    _open: dict[int, dict[int, list[Row]]] = field(default_factory=dict)

    @property
    def finished(self) -> int:
        """Items of finished shards."""
        return sum(one.items for one in self.shards.shards.values())

    @property
    def verdicts(self) -> Counter[str]:
        """Rows of finished shards by verdict."""
        return sum((Counter(one.verdicts) for one in self.shards.shards.values()), Counter())

    @property
    def rows(self) -> int:
        """Of finished shards."""
        return sum(one.rows for one in self.shards.shards.values())

    def finish(self, runner: Runner, advance: Callable[[], object] = lambda: None) -> None:
        """Judge all that is in no finished shard, and write it. advance: called after each item.

        Raises what the runner raises, and OSError where a shard cannot be written.
        """
        for item, rows in runner.judged(self._pending()):
            number = item.index // self._size
            shard = self._open.setdefault(number, {})
            shard[item.index] = self._complete(item, rows)
            advance()
            if len(shard) == self._items_of(number):
                self._write(number)

    @property
    def _size(self) -> int:
        return self.job.request.shard

    def _pending(self) -> Iterator[Item]:
        for item in self.listing.items():
            if item.index // self._size not in self.shards.shards:
                yield item

    def _items_of(self, number: int) -> int:
        return min(self._size, self.listing.count - number * self._size)

    def _complete(self, item: Item, rows: Iterable[Row]) -> list[Row]:
        """With what all rows of the job, and all of the item, have."""
        names = carried(self.listing.columns)
        labels: dict[str, Any] = {names[column]: text for column, text in item.labels.items()}
        return [{**self.job.constants, **labels, **row} for row in rows]

    def _write(self, number: int) -> None:
        items = self._open.pop(number)
        rows = [row for _, each in sorted(items.items()) for row in each]
        file = self.folder / shard_name(number, self.job.request.format)
        digest = write_shard(file, rows, self.listing.columns, self.job.request.format)
        self.shards.add(described(number, file, rows, len(items), digest))


@contextmanager
def open_run(job: Job, given: str, folder: Path) -> Iterator[BulkRun]:
    """The job in its folder, which is made; begun, or taken up where it was left.

    given: the input, as it is told in rows. Raises InvalidParameterError where the folder holds another job,
    or another process is at it; what finding the input raises; OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        hold_against(job, folder / JOB)
        listing = _listing(job, given, folder / LISTING)
        remove_unfinished(folder)
        shards = ShardList(folder / SHARDS, job.request.format)
        shards.reconcile(-(-listing.count // job.request.shard))
        yield BulkRun(job, folder, listing, shards)


def _listing(job: Job, given: str, file: Path) -> Listing:
    request = job.request
    if not file.exists():
        with open_input(given) as found:
            frames = request.frames
            items = by_capture(found.images, frames, found.columns) if frames else singly(found.images)
            write_listing(file, found.root, found.columns, items, request.limit, Part.parse(request.part))
    listing = read_listing(file)
    if not listing.count and request.part == "1/1":
        file.unlink()
        raise InvalidParameterError(f"There is no image in {given}.")
    return listing


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InvalidParameterError(f"Another process is at the job in {folder}.") from None
        yield
