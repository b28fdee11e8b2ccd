"""Keys of requests, checked so that whoever sends wrong ones takes nothing from those who send right ones.

Right keys are remembered for 5 seconds, and looked up again beside their requests before that is over.
The others are looked up in places of their own: strangers' in one bulkhead, those that were right once in
another. The answer is the same, in the same places, for known and unknown appKeys.
"""

from functools import partial

from bonaface.accounts.application import Caller
from bonaface.accounts.authenticator import Authenticator
from bonaface.errors import StorageError, UnauthorizedError
from bonaface.storage.breaker import CircuitBreaker
from bonaface.storage.bulkhead import Bulkhead

UNKNOWN_KEYS = 4
KNOWN_KEYS = 2
PLACES = UNKNOWN_KEYS + KNOWN_KEYS
"""Look-ups at once, and so the connections that they need."""


class KeyChecks:
    """Checks keys with `authenticator`; `breaker` knows whether its database is away. Close it at the end."""

    def __init__(self, authenticator: Authenticator, breaker: CircuitBreaker) -> None:
        self._authenticator = authenticator
        self._unknown = Bulkhead(UNKNOWN_KEYS, breaker)
        self._known = Bulkhead(KNOWN_KEYS, breaker)

    def recall(self, app_key: str, secret: str) -> Caller | None:
        """Whose keys these are, if they are remembered. No waiting: what is due is renewed beside it."""
        recalled = self._authenticator.recall(app_key, secret)
        if recalled is None:
            return None
        if recalled.is_due:
            self._known.send(partial(self._renew, app_key, secret))
        return recalled.caller

    async def authenticate(self, app_key: str, secret: str) -> Caller:
        """Whose keys these are. Raises UnauthorizedError, StorageError, OverloadedError."""
        was_right = self._authenticator.was_right(app_key, secret)
        bulkhead = self._known if was_right else self._unknown
        return await bulkhead.ask(partial(self._authenticator.authenticate, app_key, secret))

    def close(self) -> None:
        """Check nothing more."""
        self._unknown.close()
        self._known.close()

    def _renew(self, app_key: str, secret: str) -> None:
        try:
            self._authenticator.renew(app_key, secret)
        except (UnauthorizedError, StorageError):  # the next request finds out; the breaker logs an outage
            return
