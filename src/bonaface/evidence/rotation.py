"""Which of several keys signs, and how one takes over from another: published first, signing later."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from bonaface.errors import ConflictError, NotFoundError
from bonaface.evidence.signing_key import SigningKey, make_key

DELAY = timedelta(minutes=10)
"""From a new key's publication to its first signature: longer than anyone keeps the set of public keys."""


class State(StrEnum):
    """What a key is there for."""

    PUBLISHED = "published"
    SIGNS = "signs"
    VERIFIES = "verifies"


def signing(keys: Sequence[SigningKey], now: datetime) -> SigningKey | None:
    """The key that signs: of those whose time has come, the newest; before any has, the first to come."""
    able = sorted((key for key in keys if key.private is not None), key=lambda key: key.signs_from)
    due = [key for key in able if key.signs_from <= now]
    return due[-1] if due else next(iter(able), None)


def state(key: SigningKey, keys: Sequence[SigningKey], now: datetime) -> State:
    """What one of `keys` is there for."""
    if key is signing(keys, now):
        return State.SIGNS
    return State.PUBLISHED if key.private is not None and key.signs_from > now else State.VERIFIES


def rotated(keys: Sequence[SigningKey], now: datetime, delay: timedelta = DELAY) -> list[SigningKey]:
    """The keys with a new one, which signs after `delay`; until then the one of now does.

    Keys that sign no more lose what signs. Raises ConflictError while a new one waits for its time.
    """
    for key in keys:
        if state(key, keys, now) is State.PUBLISHED:
            raise ConflictError(
                f"The key {key.kid} is published already and signs from {key.signs_from:%Y-%m-%d %H:%M:%S} "
                "UTC on; rotate again after that, or remove it first."
            )
    return tidied([*keys, make_key(now, now + delay)], now)


def removed(keys: Sequence[SigningKey], kid: str, now: datetime) -> list[SigningKey]:
    """The keys without one: what it signed is verified by nobody any more who reads them anew.

    Raises NotFoundError where it is none of them, ConflictError for the one that signs.
    """
    for key in keys:
        if key.kid == kid and key is signing(keys, now):
            raise ConflictError("This key signs; rotate first, and remove it when the new one signs.")
    rest = [key for key in keys if key.kid != kid]
    if len(rest) == len(keys):
        raise NotFoundError(f"There is no key {kid!r}; `bonaface signing list` tells them.")
    return tidied(rest, now)


def tidied(keys: Sequence[SigningKey], now: datetime) -> list[SigningKey]:
    """The keys; those that sign no more without what signs."""
    return [key.retired if state(key, keys, now) is State.VERIFIES else key for key in keys]
