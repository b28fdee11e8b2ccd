"""A figure and the range that holds it with 95 % confidence."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

LEVEL = 0.95
"""Confidence of every interval."""

_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)
"""Half the width of that share of the normal distribution, in standard deviations."""


@dataclass(frozen=True, slots=True)
class Interval:
    """NaN where it cannot be told."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A rate as a fraction, NaN where it cannot be told, and its interval."""

    value: float
    interval: Interval


UNTOLD = Interval(float("nan"), float("nan"))


def share(part: int, count: int) -> Figure:
    """part / count with the interval of Wilson (1927), which holds for small counts and for none or all."""
    if not count:
        return Figure(float("nan"), UNTOLD)
    rate, spread = part / count, _Z * _Z / count
    middle = (rate + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * sqrt(rate * (1 - rate) / count + spread / (4 * count))
    low = 0.0 if part == 0 else middle - half
    high = 1.0 if part == count else middle + half
    return Figure(rate, Interval(low, high))
