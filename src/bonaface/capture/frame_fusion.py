"""The liveness scores of several frames made into one.

The mean, of all that was tried: median, minimum, maximum, low percentiles, and the mean of the log-odds
(docs/liveness.md has the figures).
"""

from collections.abc import Sequence


def fused_score(scores: Sequence[float]) -> float:
    """The mean of at least one score, each 0..1."""
    return sum(scores) / len(scores)
