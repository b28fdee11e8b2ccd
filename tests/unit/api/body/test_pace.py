"""How fast a body comes."""

import math
from collections.abc import Iterable

import pytest

from bonaface.api.body.pace import SPAN, MinimumRate, Pace

BEGUN = 1000.0
KILOBYTE = MinimumRate(1000)


def slow_at(arrivals: Iterable[tuple[float, int]], minimum: MinimumRate = KILOBYTE) -> float | None:
    """Seconds after the beginning at which a body with these arrivals (when, bytes) is too slow, if ever."""
    pace = Pace(minimum, BEGUN)
    for when, size in arrivals:
        if BEGUN + when > pace.ends:
            break
        pace.add(BEGUN + when, size)
    else:
        return None
    return pace.ends - BEGUN


def steady(rate: int, every: float, seconds: float = 60) -> list[tuple[float, int]]:
    return [(step * every, round(rate * every)) for step in range(1, int(seconds / every) + 1)]


@pytest.mark.parametrize("every", [0.01, 0.1, 0.5, 1.0, 5.0])
@pytest.mark.parametrize("rate", [1000, 1100, 50_000])
def test_a_body_at_the_rate_is_never_too_slow(rate: int, every: float) -> None:
    assert slow_at(steady(rate, every)) is None


@pytest.mark.parametrize("every", [0.04, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("rate", [25, 500, 850])
def test_a_body_under_the_rate_ends_after_the_span(rate: int, every: float) -> None:
    assert slow_at(steady(rate, every)) == pytest.approx(SPAN, abs=1.1)


def test_a_body_that_stops_ends_a_span_later() -> None:
    assert slow_at([(0.5, 500_000), (20, 1)]) == pytest.approx(0.5 + SPAN, abs=1)
    assert slow_at([*steady(5000, 0.1, 30), (60, 1)]) == pytest.approx(30 - 2 + SPAN, abs=1)


def test_nothing_at_all_ends_after_the_span() -> None:
    assert Pace(KILOBYTE, BEGUN).ends == BEGUN + SPAN
    assert Pace(MinimumRate(1000, 3), BEGUN).ends == BEGUN + 3


def test_without_a_rate_nothing_is_too_slow() -> None:
    pace = Pace(MinimumRate(0), BEGUN)
    pace.add(BEGUN + 1, 1)
    assert pace.ends == math.inf


def test_tiny_pieces_take_no_memory() -> None:
    pace = Pace(KILOBYTE, BEGUN)
    for step in range(50_000):
        pace.add(BEGUN + step / 5000, 1)
    assert len(pace._marks) <= 12
