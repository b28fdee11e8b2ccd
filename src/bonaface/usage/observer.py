"""Who is told how the ledger's commits go."""

from typing import Protocol


class Meter(Protocol):
    """Is told of every group of replies, by the ledger's thread."""

    def committed(self, replies: int, seconds: float) -> None:
        """A group of `replies` is on disk; its commit took `seconds`."""
        ...

    def failed(self) -> None:
        """A group could not be written."""
        ...


class NoMeter:
    """Keeps nothing: for a ledger that nobody watches."""

    def committed(self, replies: int, seconds: float) -> None:
        """Nothing."""

    def failed(self) -> None:
        """Nothing."""
