"""What was answered, to whom, and how it ended: one reply."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

UNKNOWN_CALLER = 0
"""Stands as the application of whoever came without right keys."""
EVERYONE = -1
"""Stands in `usage_days` for all callers together."""


class Outcome(StrEnum):
    """How a reply may have ended, where it matters to the ledger; else its result code (`-40000`) as text.

    The rows of `bonaface.api.outcome.Outcome`, which hold what HTTP needs, take their labels from here.
    """

    FACES = "faces"
    NO_FACE = "no_face"
    WRONG_KEYS = "-41005"
    REFUSED_RATE = "refused_rate"
    REFUSED_QUOTA = "refused_quota"
    REFUSED_OVERLOAD = "refused_overload"


NOT_SERVED = frozenset(
    {Outcome.WRONG_KEYS, Outcome.REFUSED_RATE, Outcome.REFUSED_QUOTA, Outcome.REFUSED_OVERLOAD}
)
"""Outcomes that take nothing of a month's quota."""


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
