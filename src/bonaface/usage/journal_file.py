"""One file of batches that the database does not have yet: appended to, read from its beginning, locked.

A process holds the lock of its file as long as it lives, whatever ends it. A last line without its end was
being written when that happened: nobody was told that it is counted, and it is dropped. Any other line that
cannot be read is damage: the lines around it are counted, and the file is set aside instead of removed.
One whose batches are for another database is set aside uncounted (set_aside.py).
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Self

import structlog

from bonaface.storage import files
from bonaface.usage.journal_lines import Record, decode
from bonaface.usage.set_aside import OTHER
from bonaface.usage.types import ReplyBatch

SUFFIX = ".jsonl"
DAMAGED = ".damaged"
READ_BYTES = 1 << 20
"""Bytes read at once: several times the longest line."""
CHUNK_REPLIES = 1_000
"""Replies of one chunk, and at most one batch more."""
FLAGS = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class JournalChunk:
    """Batches in their order, and where in the file the next one begins."""

    batches: tuple[ReplyBatch, ...]
    ends: int
    is_last: bool
    database_id: str | None = None
    """Of the database that is to count them; None for any, in a journal of an older version."""

    @property
    def replies(self) -> int:
        """How many there are in all batches."""
        return sum(len(batch.replies) for batch in self.batches)


class JournalFile:
    """An open file that is locked. For one thread at a time. Its methods raise StorageError."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor
        self._begin = 0
        self._end = os.fstat(descriptor).st_size
        self.is_damaged = False
        """Whether a line could not be read."""

    @classmethod
    def create(cls, path: Path) -> Self:
        """A new, empty one; it has its name only once it is locked."""
        unnamed = path.with_suffix(".new")
        with files.explained():
            descriptor = os.open(unnamed, FLAGS | os.O_CREAT | os.O_TRUNC, files.OWNER_FILE)
            try:
                os.fchmod(descriptor, files.OWNER_FILE)  # a umask may have taken bits from the owner
                files.try_lock(descriptor)
                unnamed.rename(path)
                files.sync_folder(path.parent)
            except BaseException:
                os.close(descriptor)
                unnamed.unlink(missing_ok=True)
                raise
        return cls(path, descriptor)

    @classmethod
    def adopt(cls, path: Path) -> Self | None:
        """The file of a process that has ended; None when that lives, or another adopts it."""
        with files.explained():
            try:
                descriptor = os.open(path, FLAGS)
            except FileNotFoundError:
                return None
            if files.try_lock(descriptor) and _is_at(path, descriptor):
                return cls(path, descriptor)
            os.close(descriptor)
            return None

    @property
    def writer_id(self) -> str:
        """Whose batches they are."""
        return self._path.name.partition(".")[0]

    @property
    def size(self) -> int:
        """Bytes, with those that were read."""
        return self._end

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to read."""
        return self._begin == self._end

    def append(self, line: bytes) -> None:
        """Have `line` on disk when this returns."""
        with files.explained():
            try:
                _write(self._descriptor, line, self._end)
                os.fdatasync(self._descriptor)
            except OSError:
                with suppress(OSError):  # it is refused: no one should count what there is of it
                    os.ftruncate(self._descriptor, self._end)
                raise
        self._end += len(line)

    def read(self, begin: int | None = None) -> JournalChunk:
        """The next batches, from `begin` on or from what was not forgotten."""
        begins = self._begin if begin is None else begin
        with files.explained():
            data = os.pread(self._descriptor, min(READ_BYTES, self._end - begins), begins)
        if not data:  # someone has cut the file
            self.is_damaged = True
            return JournalChunk((), self._end, True)
        records: list[Record] = []
        read = replies = 0
        for line in _lines(data, is_end=begins + len(data) >= self._end):
            read += len(line)
            record = self._decoded(line)
            if record is not None:
                records.append(record)
                replies += len(record.batch.replies)
            if replies >= CHUNK_REPLIES:
                break
        batches = tuple(record.batch for record in records)
        database_id = records[0].database_id if records else None  # one process wrote all, for one database
        return JournalChunk(batches, begins + read, begins + read >= self._end, database_id)

    def forget(self, chunk: JournalChunk) -> None:
        """`chunk` is in the database: the next one begins after it."""
        self._begin = chunk.ends
        if self.is_empty and not self.is_damaged:
            with suppress(OSError):  # what stays is known to be counted
                os.ftruncate(self._descriptor, 0)
                self._begin = self._end = 0

    def chunks(self) -> Iterator[JournalChunk]:
        """Everything that there is to read, without forgetting it."""
        begin = self._begin
        while begin < self._end:
            chunk = self.read(begin)
            begin = chunk.ends
            yield chunk

    def set_aside(self, database_id: str) -> str:
        """Let go of it, whole, under a name that says for which database it is; that name."""
        try:
            with files.explained():
                return self._rename(f".{database_id}{OTHER}")
        finally:
            os.close(self._descriptor)

    def close(self) -> None:
        """Let go of it. What is not forgotten is for whoever adopts it; without that the file is removed.

        One that has damage is set aside instead, as `NAME.damaged`.
        """
        try:
            if self.is_empty:
                with files.explained():
                    self._rename(DAMAGED) if self.is_damaged else self._path.unlink(missing_ok=True)
        finally:
            os.close(self._descriptor)

    def _decoded(self, line: bytes) -> Record | None:
        if not line.endswith(b"\n") and len(line) < READ_BYTES:
            log.warning("ledger.journal.torn", file=self._path.name, bytes=len(line))
            return None
        try:
            return decode(line[:-1])
        except ValueError as error:
            self.is_damaged = True
            log.error("ledger.journal.damaged", file=self._path.name, bytes=len(line), error=str(error))
            return None

    def _rename(self, ending: str) -> str:
        """Give the file another ending, with a number where there is such a file; its name then."""
        names = (self._path.with_name(f"{self.writer_id}{ending}{number or ''}") for number in count())
        return self._path.rename(next(name for name in names if not name.exists())).name


def _lines(data: bytes, *, is_end: bool) -> Iterator[bytes]:
    """The lines of a chunk with their ends; a part of a line only where no more comes, or nothing else is."""
    *whole, rest = data.split(b"\n")
    yield from (line + b"\n" for line in whole)
    if rest and (is_end or not whole):
        yield rest


def _write(descriptor: int, data: bytes, at: int) -> None:
    left = memoryview(data)
    while left:
        written = os.pwrite(descriptor, left, at)
        left, at = left[written:], at + written


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether the open file still has its name: whoever adopted it before may have removed it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
