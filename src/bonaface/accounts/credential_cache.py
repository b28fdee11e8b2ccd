"""Keys that were found right a moment ago, so that not every request asks the database.

Only right ones are kept, and found for 5 seconds at most and never longer than the secret lives: a key that
is disabled stops working within that time in every process, without any message between them. Half-way they
are due to be looked up again. After that time an entry only tells that the key was right once.
"""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from bonaface.accounts.application import Caller

TIME_TO_LIVE = 5.0
RENEW_AFTER = 2.5
RENEW_EVERY = 1.0
"""Seconds: when a key that is in use is first due to be renewed, and how long until it is due again."""
MAX_ENTRIES = 10_000

_Place = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Recalled:
    """A right key: whose it is, and whether whoever is told this is to look it up again."""

    caller: Caller
    is_due: bool


@dataclass(slots=True)
class _Entry:
    caller: Caller
    expires: float
    due: float


class CredentialCache:
    """A bounded, thread-safe memory of right keys; the oldest leaves first.

    An entry is found by the appKey and a hash of the secret's digest under a random key of this process.
    Nobody outside can steer such a hash, so how long comparing it takes gives nothing of the digest away.
    """

    def __init__(
        self,
        time_to_live: float = TIME_TO_LIVE,
        max_entries: int = MAX_ENTRIES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._time_to_live = time_to_live
        self._max_entries = max_entries
        self._clock = clock
        self._hash_key = secrets.token_bytes(32)
        self._entries: dict[_Place, _Entry] = {}
        self._lock = threading.Lock()

    def now(self) -> float:
        """The time on the cache's clock; take it before the database is asked, and give it to `put`."""
        return self._clock()

    def get(self, app_key: str, digest: bytes) -> Caller | None:
        """Whose key this is, if it was found right less than the time to live ago."""
        place = self._place(app_key, digest)
        with self._lock:
            entry = self._entries.get(place)
            if entry is None or self._clock() >= entry.expires:
                return None
            return entry.caller

    def recall(self, app_key: str, digest: bytes) -> Recalled | None:
        """As `get`, and whether the key is to be looked up again: told once, then not for a second."""
        place, now = self._place(app_key, digest), self._clock()
        with self._lock:
            entry = self._entries.get(place)
            if entry is None or now >= entry.expires:
                return None
            if is_due := now >= entry.due:
                entry.due = now + RENEW_EVERY
            return Recalled(entry.caller, is_due)

    def holds(self, app_key: str, digest: bytes) -> bool:
        """Whether the key was found right, however long ago, and not wrong since."""
        place = self._place(app_key, digest)
        with self._lock:
            return place in self._entries

    def drop(self, app_key: str, digest: bytes) -> None:
        """Forget a key that is not right (any more)."""
        place = self._place(app_key, digest)
        with self._lock:
            self._entries.pop(place, None)

    def put(
        self, app_key: str, digest: bytes, caller: Caller, asked: float, lives: float | None = None
    ) -> None:
        """Keep a right key from `asked` on: the time before the database was read, not the time after.

        `lives` is how many seconds its secret has left; None is for ever.
        """
        kept = self._time_to_live if lives is None else min(self._time_to_live, lives)
        place = self._place(app_key, digest)
        with self._lock:
            self._entries.pop(place, None)  # so that the order of the dictionary is the order of age
            self._entries[place] = _Entry(caller, asked + kept, asked + RENEW_AFTER)
            while len(self._entries) > self._max_entries:
                del self._entries[next(iter(self._entries))]

    def _place(self, app_key: str, digest: bytes) -> _Place:
        return app_key, hashlib.blake2b(digest, digest_size=32, key=self._hash_key).digest()
