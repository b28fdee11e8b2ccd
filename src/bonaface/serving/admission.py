"""Permits: how much is taken on at once. Whatever finds none left is refused at once, never parked."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from bonaface.errors import Overload, OverloadedError

BUSY = "The server is at its capacity; try again after the seconds that Retry-After names."
RETRY_AFTER = 1


class Permit:
    """One place, given back once: by `release` or at the end of a `with` block."""

    def __init__(self, give_back: Callable[[], None]) -> None:
        self._give_back: Callable[[], None] | None = give_back

    def release(self) -> None:
        """Give the place back; a second call does nothing."""
        give_back, self._give_back = self._give_back, None
        if give_back is not None:
            give_back()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class Admission:
    """`capacity` places; `overload` is what whoever finds none left is told to lack. Thread-safe."""

    def __init__(self, capacity: int, overload: Overload = Overload.QUEUE) -> None:
        self._capacity = capacity
        self._overload = overload
        self._taken = 0
        self._lock = threading.Lock()

    @property
    def capacity(self) -> int:
        """Places in all."""
        return self._capacity

    @property
    def taken(self) -> int:
        """Places taken now."""
        return self._taken

    @property
    def is_full(self) -> bool:
        """Whether no place is left now."""
        return self._taken >= self._capacity

    @property
    def refusal(self) -> OverloadedError:
        """The error that whoever finds no place left gets."""
        return OverloadedError(BUSY, RETRY_AFTER, self._overload)

    def admit(self) -> Permit:
        """A place. Raises OverloadedError at once when there is none left."""
        with self._lock:
            self.check()
            self._taken += 1
        return Permit(self._give_back)

    def check(self) -> None:
        """Raises OverloadedError when there is no place left now. None is taken: the next may find none."""
        if self.is_full:
            raise self.refusal

    def _give_back(self) -> None:
        with self._lock:
            self._taken -= 1
