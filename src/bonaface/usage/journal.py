"""Where a ledger counts while the database is away: a file of its own, on disk before the reply leaves."""

import uuid
from pathlib import Path

from bonaface.errors import StorageError, StorageUnavailableError
from bonaface.storage import files
from bonaface.usage.journal_file import SUFFIX, JournalChunk, JournalFile
from bonaface.usage.journal_lines import encode
from bonaface.usage.types import ReplyBatch

FOLDER = "journal"
"""Where journals are, in `storage.directory`."""
FULL = "The journal of counted replies is full, and the database is away; bring the database back."
NONE = "The database does not count replies now, and no journal is kept; try again after Retry-After."


class Journal:
    """Batches of one writer in `folder`, which is made when it is needed. For one thread at a time.

    The file never grows over `limit` bytes; with 0 there is none. `database_id` is that of the database which
    is to count them. Methods raise StorageError.
    """

    def __init__(self, folder: Path, limit: int, database_id: str) -> None:
        self.folder = folder
        self.database_id = database_id
        self.writer_id = uuid.uuid4().hex
        """Random: no other ledger, of any process on any machine, has it."""
        self._limit = limit
        self._file: JournalFile | None = None
        self._replies = 0

    @property
    def replies(self) -> int:
        """How many replies it holds that are not known to be in the database."""
        return self._replies

    @property
    def is_empty(self) -> bool:
        """Whether it holds no batch."""
        return self._file is None or self._file.is_empty

    def prepare(self) -> None:
        """Make folder and file, so that what is wrong with them is known before they are needed."""
        if self._limit:
            self._opened()

    def append(self, batch: ReplyBatch) -> None:
        """Have `batch` on disk when this returns; otherwise nothing of it counts.

        Raises StorageUnavailableError where no journal is kept: another attempt may find the database.
        """
        if not self._limit:
            raise StorageUnavailableError(NONE)
        line = encode(batch, self.database_id)
        size = 0 if self._file is None else self._file.size
        if size + len(line) > self._limit:
            raise StorageError(FULL)
        self._opened().append(line)
        self._replies += len(batch.replies)

    def read(self) -> JournalChunk:
        """The oldest batches that are not forgotten. It must hold some."""
        return self._opened().read()

    def forget(self, chunk: JournalChunk) -> None:
        """`chunk`, the one read last, is in the database."""
        file = self._opened()
        file.forget(chunk)
        self._replies -= chunk.replies
        if file.is_empty and file.is_damaged:
            self._let_go()

    def set_aside(self, found: str) -> str:
        """Leave what it holds to its own database, and begin anew, as another writer, for the one `found`.

        The name under which it is kept.
        """
        file, database_id = self._opened(), self.database_id
        self._file, self._replies = None, 0  # whatever becomes of it, it is not this journal's any more
        self.database_id, self.writer_id = found, uuid.uuid4().hex
        return file.set_aside(database_id)

    def close(self) -> None:
        """Remove the file if it holds nothing; otherwise it stays for the ledger that adopts it."""
        self._let_go()

    def _opened(self) -> JournalFile:
        if self._file is None:
            files.make_folder(self.folder.parent)
            files.make_folder(self.folder)
            self._file = JournalFile.create(self.folder / f"{self.writer_id}{SUFFIX}")
        return self._file

    def _let_go(self) -> None:
        file, self._file, self._replies = self._file, None, 0
        if file is not None:
            file.close()
