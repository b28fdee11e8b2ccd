"""How long a reply that is to be counted may wait for others, to be counted with them in one commit."""

from bonaface.usage.types import Reply, ReplyLabel

SHARE = 1 / 20
MOST = 10


def batch_delay(reply: Reply, batch_wait: float) -> float:
    """Seconds: a twentieth of the time that `reply` has taken already, `batch_wait` to ten times that.

    An overload's refusal, which nobody is in a hurry to read, waits the ten times.
    """
    if reply.outcome == ReplyLabel.REFUSED_OVERLOAD:
        return MOST * batch_wait
    return min(max(reply.duration_ms / 1000 * SHARE, batch_wait), MOST * batch_wait)
