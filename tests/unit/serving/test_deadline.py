"""Deadlines, on a clock that the test moves."""

import pytest

from bonaface.errors import OverloadedError
from bonaface.serving.deadline import Deadline
from support.clocks import Clock


def test_counts_down_to_zero() -> None:
    clock = Clock()
    deadline = Deadline.after(3, clock)
    assert deadline.remaining() == 3
    clock.time += 2
    assert deadline.remaining() == 1
    clock.time += 5
    assert deadline.remaining() == 0


def test_check_raises_only_when_it_is_over() -> None:
    clock = Clock()
    deadline = Deadline.after(1, clock)
    deadline.check()
    assert not deadline.is_over
    clock.time += 1
    assert deadline.is_over
    with pytest.raises(OverloadedError) as late:
        deadline.check()
    assert late.value.retry_after > 0


def test_runs_on_a_real_clock_by_default() -> None:
    deadline = Deadline.after(3600)
    assert 0 < deadline.remaining() <= 3600
