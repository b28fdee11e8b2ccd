"""The pace, by a clock that moves when somebody sleeps."""

import pytest

from bonaface.side_by_side.pace import Pace


class Clock:
    """Time as the test tells it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_first_goes_at_once_and_each_later_one_in_its_turn(clock: Clock) -> None:
    pace = Pace(4, clock, clock.sleep)
    for _ in range(3):
        pace.wait()
    assert clock.slept == [0.25, 0.25]


def test_time_that_went_by_is_not_made_up_for(clock: Clock) -> None:
    pace = Pace(4, clock, clock.sleep)
    pace.wait()
    clock.now += 10
    for _ in range(3):
        pace.wait()
    assert clock.slept == [0.25, 0.25]


def test_nothing_goes_while_it_is_held(clock: Clock) -> None:
    pace = Pace(4, clock, clock.sleep)
    pace.wait()
    pace.hold(5)
    pace.hold(1)
    pace.wait()
    assert clock.slept == [5]
