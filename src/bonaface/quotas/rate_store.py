"""Where a rate limiter counts: what it needs of memory, the database or Redis."""

from typing import Protocol


class RateStore(Protocol):
    """Counts admissions by key in moving windows: exact, and only what is admitted counts. Thread-safe."""

    def admit(self, key: str, limit: int, window: int) -> float:
        """Admit one, unless `limit` were admitted in the last `window` seconds.

        0 when it is admitted, else about how many seconds until there is room. Raises StorageError when the
        store does not answer.
        """
        ...
