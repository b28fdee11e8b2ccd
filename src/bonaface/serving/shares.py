"""Shares: how many places one owner may have, so that what one does leaves places for the others."""

import threading
from collections import Counter
from collections.abc import Hashable
from functools import partial

from bonaface.errors import Overload, OverloadedError
from bonaface.serving.admission import RETRY_AFTER, Permit

OVER = "The application has as many requests on their way as one may have; try again after Retry-After."


class Shares:
    """At most `most` places for each owner, whatever the others have. Thread-safe.

    `overload` is what an owner that has them all is told to lack. An owner without a place takes no memory.
    """

    def __init__(self, most: int, overload: Overload = Overload.APPLICATION, message: str = OVER) -> None:
        self._most = most
        self._overload = overload
        self._message = message
        self._taken = Counter[Hashable]()
        self._lock = threading.Lock()

    @property
    def most(self) -> int:
        """Places that one owner may have."""
        return self._most

    @property
    def owners(self) -> int:
        """Owners that have a place now."""
        return len(self._taken)

    def taken(self, owner: Hashable) -> int:
        """Places that `owner` has now."""
        return self._taken[owner]

    def admit(self, owner: Hashable) -> Permit:
        """A place for `owner`. Raises OverloadedError at once when it has as many as one may have."""
        with self._lock:
            if self._taken[owner] >= self._most:
                raise OverloadedError(self._message, RETRY_AFTER, self._overload)
            self._taken[owner] += 1
        return Permit(partial(self._give_back, owner))

    def _give_back(self, owner: Hashable) -> None:
        with self._lock:
            self._taken[owner] -= 1
            if not self._taken[owner]:
                del self._taken[owner]


def places_of(capacity: int, share: float) -> int:
    """How many of `capacity` places are a `share` (0..1) of them: rounded down, one at least."""
    return max(int(capacity * share), 1)
