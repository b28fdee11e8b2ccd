"""Journals that a process found, and that are for another database than its own.

They are kept whole, as `WRITER.DATABASE.other`, and counted by a process of their own database.
"""

from dataclasses import dataclass
from pathlib import Path

from bonaface.storage import files
from bonaface.usage.journal_lines import decode

OTHER = ".other"


@dataclass(frozen=True, slots=True)
class SetAside:
    """One of them, and the id of its database."""

    path: Path
    database_id: str

    def replies(self) -> int:
        """How many it holds. Raises StorageError when it cannot be read."""
        with files.explained(), self.path.open("rb") as lines:
            return sum(map(_replies, lines))


def set_aside_in(folder: Path) -> list[SetAside]:
    """All in `folder`, which need not be there."""
    names = sorted(folder.glob(f"*.*{OTHER}*"))
    return [SetAside(path, path.name.split(".")[1]) for path in names]


def _replies(line: bytes) -> int:
    try:
        return len(decode(line.removesuffix(b"\n")).batch.replies)
    except ValueError:
        return 0
