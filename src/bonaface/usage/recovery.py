"""Brings what ended processes could not count into the database: every journal whose lock nobody holds.

Only what is for this very database: any other journal is set aside, for a process of its own database.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import structlog

from bonaface.errors import StorageError
from bonaface.storage.database import Database
from bonaface.usage.exactly_once import ExactlyOnceWriter, OtherDatabaseError
from bonaface.usage.journal_file import SUFFIX, JournalChunk, JournalFile
from bonaface.usage.repeating_thread import RepeatingThread
from bonaface.usage.set_aside import set_aside_in

EVERY_SECONDS = 5.0
CATCH_UP_SECONDS = 10.0
"""How long the database may take to count a chunk."""

log = structlog.get_logger(__name__)


class Recovery:
    """Looks through `folder` when started and every few seconds, in a thread of its own."""

    def __init__(self, database: Database, folder: Path, every: float = EVERY_SECONDS) -> None:
        self._database = database
        self._writer = ExactlyOnceWriter(database)
        self._folder = folder
        self._adopted: dict[JournalFile, int] = {}
        self._last_error = ""
        self._thread = RepeatingThread("recovery", self._look_anew, every, self._let_go)

    @property
    def replies(self) -> int:
        """How many replies of ended processes are not known to be in the database."""
        return sum(self._adopted.copy().values())

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the chunk that is being counted; what is left stays. Does nothing if it never began."""
        self._thread.stop()

    def look(self) -> bool:
        """Adopt what there is, and count it. Whether all went well; a later call counts what is left."""
        paths: list[Path] = []
        adopted = [self._attempt(lambda: paths.extend(self._folder.glob(f"*{SUFFIX}")))]
        adopted += [self._attempt(partial(self._adopt, path)) for path in sorted(paths)]
        adopted.append(self._attempt(self._take_back))
        counted = [self._attempt(partial(self._count, file)) for file in list(self._adopted)]
        return all(adopted) and all(counted)

    def _look_anew(self) -> None:
        if self.look():
            self._last_error = ""

    def _let_go(self) -> None:
        """What is not counted is for the next process."""
        for file in self._adopted:
            self._attempt(file.close)

    def _attempt(self, step: Callable[[], None]) -> bool:
        """Whether it went well; one file that cannot be counted holds up no other."""
        try:
            step()
        except StorageError as error:
            if str(error) != self._last_error:  # not every few seconds the same
                log.warning("ledger.journal.waits", replies=self.replies, error=str(error))
            self._last_error = str(error)
        except Exception:  # a fault of ours must not end the thread
            log.exception("ledger.journal.waits", replies=self.replies)
        else:
            return True
        return False

    def _adopt(self, path: Path) -> None:
        file = JournalFile.adopt(path)
        if file is None:
            return
        self._adopted[file] = sum(chunk.replies for chunk in file.chunks())
        log.info("ledger.journal.adopted", writer=file.writer_id, replies=self._adopted[file])

    def _take_back(self) -> None:
        """Adopt what processes of other databases have set aside and is for this one."""
        aside = set_aside_in(self._folder)
        mine = self._database.identity() if aside else None
        for each in aside:
            if each.database_id == mine:
                self._adopt(each.path)

    def _count(self, file: JournalFile) -> None:
        while not file.is_empty:
            if self._thread.is_stopped:
                return
            chunk = file.read()
            if chunk.batches and not self._is_counted(file, chunk):
                return
            file.forget(chunk)
            self._adopted[file] -= chunk.replies
        del self._adopted[file]
        file.close()

    def _is_counted(self, file: JournalFile, chunk: JournalChunk) -> bool:
        """Count a chunk; False when it is for another database: then the file is set aside."""
        try:
            self._writer.write(file.writer_id, chunk.batches, CATCH_UP_SECONDS, chunk.database_id)
        except OtherDatabaseError as error:
            replies = self._adopted.pop(file)
            log_other_database(file.set_aside(error.wanted), replies, error)
            return False
        return True


def log_other_database(name: str, replies: int, error: OtherDatabaseError) -> None:
    """Log that the journal now called `name` is for another database than the one at hand."""
    log.error(
        "ledger.journal.other_database",
        file=name,
        replies=replies,
        wanted=error.wanted,
        found=error.found,
    )
