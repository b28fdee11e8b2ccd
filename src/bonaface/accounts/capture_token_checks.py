"""Capture tokens, asked for beside the event loop: whoever sends wrong ones holds up no other question."""

from datetime import timedelta
from functools import partial

from bonaface.accounts.application import Caller
from bonaface.accounts.capture_tokens import CaptureToken, CaptureTokens
from bonaface.storage.breaker import CircuitBreaker
from bonaface.storage.bulkhead import Bulkhead

UNKNOWN, KNOWN = 2, 2
PLACES = UNKNOWN + KNOWN
"""Questions at once, of those who are not known yet and of the others, and so the connections they need."""


class CaptureTokenChecks:
    """Asks `tokens`; `breaker` knows whether their database is away. Close it at the end.

    Every method raises StorageError, and OverloadedError where there was no place to ask.
    """

    def __init__(self, tokens: CaptureTokens, breaker: CircuitBreaker) -> None:
        self._tokens = tokens
        self._unknown = Bulkhead(UNKNOWN, breaker)
        self._known = Bulkhead(KNOWN, breaker)

    async def create(self, caller: Caller, uses: int, lifetime: timedelta) -> tuple[CaptureToken, str]:
        """As `CaptureTokens.create`."""
        return await self._known.ask(partial(self._tokens.create, caller, uses, lifetime))

    async def find(self, text: str) -> Caller:
        """As `CaptureTokens.find`."""
        return await self._unknown.ask(partial(self._tokens.find, text))

    async def spend(self, caller: Caller) -> None:
        """Take one use of the token that `caller` came with; nothing for one that came with a secret.

        Raises as `CaptureTokens.spend`.
        """
        if caller.token_id is not None:
            await self._known.ask(partial(self._tokens.spend, caller.token_id))

    def close(self) -> None:
        """Ask nothing more."""
        self._unknown.close()
        self._known.close()
