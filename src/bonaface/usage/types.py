"""What was answered, to whom, and how it ended: one reply."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

UNKNOWN_CALLER = 0
"""Stands as the application of whoever came without right keys."""
EVERYONE = -1
"""Stands in `usage_days` for all callers together."""


class ReplyLabel(StrEnum):
    """What the ledger counts a reply as, where it has a word of its own; else that is the result code
    (`-40000`) as text. `bonaface.api.outcome` says which outcome has which."""

    FACES = "faces"
    NO_FACE = "no_face"
    WRONG_KEYS = "-41005"
    REFUSED_RATE = "refused_rate"
    REFUSED_QUOTA = "refused_quota"
    REFUSED_OVERLOAD = "refused_overload"


NOT_SERVED = frozenset(
    {ReplyLabel.WRONG_KEYS, ReplyLabel.REFUSED_RATE, ReplyLabel.REFUSED_QUOTA, ReplyLabel.REFUSED_OVERLOAD}
)
"""Labels of replies that take nothing of a month's quota."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply that is about to leave.

    `application_id` is 0 for wrong keys, and `secret_id` None then. `bona_fide` and `attacks` count faces;
    `duration_ms` is the server's time from the request's head to here; `at` is aware, in UTC.
    """

    application_id: int
    secret_id: int | None
    outcome: str
    bona_fide: int
    attacks: int
    duration_ms: int
    at: datetime

    @property
    def is_served(self) -> bool:
        """Whether it takes one of the month's quota."""
        return self.outcome not in NOT_SERVED


@dataclass(frozen=True, slots=True)
class ReplyBatch:
    """Replies that are counted together. `number` is over that of each batch before, from 1 on."""

    number: int
    replies: tuple[Reply, ...]
