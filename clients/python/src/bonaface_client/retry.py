"""When a request is tried again, and after how long."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bonaface_client.errors import BonafaceClientError


@dataclass(frozen=True, slots=True)
class Retry:
    """Tries again on 503, on 429 and on network faults, and on nothing else.

    attempts: in all, the first among them. first_wait: seconds before the second one; each further wait is
    twice as long, and any up to a half shorter, by chance, so that clients do not come back together.
    longest_wait: seconds; where the service asks (`Retry-After`) for more, the error is raised at once.
    """

    attempts: int = 3
    first_wait: float = 0.5
    longest_wait: float = 10.0

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.first_wait < 0 or self.longest_wait < 0:
            raise ValueError("Give at least one attempt, and waits of 0 seconds or more.")

    def wait(self, attempt: int, error: BonafaceClientError) -> float | None:
        """Seconds to wait after `attempt` (1 is the first) failed; None where it is the last."""
        if attempt >= self.attempts or not error.is_temporary:
            return None
        asked = error.retry_after or 0.0
        if asked > self.longest_wait:
            return None
        longest = min(self.first_wait * 2.0 ** (attempt - 1), self.longest_wait)
        return max(asked, random.uniform(longest / 2, longest))  # noqa: S311 - no secret


NO_RETRY = Retry(attempts=1)


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds that a `Retry-After` asks for: a number of them, or a date. None for anything else."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return max((moment - (now or datetime.now(UTC))).total_seconds(), 0.0)
