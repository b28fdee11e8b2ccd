"""Who is told how the ledger's commits go."""

from typing import Protocol


class LedgerObserver(Protocol):
    """Is told of every batch of replies, by the ledger's thread."""

    def committed(self, replies: int, seconds: float) -> None:
        """A batch of `replies` is on disk; its commit took `seconds`."""
        ...

    def failed(self) -> None:
        """A batch could not be written."""
        ...
