"""How long work has been running."""

import pytest

from bonaface.serving.running import Running


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_work_is_seen_for_as_long_as_it_runs() -> None:
    clock = Hand()
    running = Running(clock)
    with running.occupied():
        clock.now += 5
        with running.occupied():
            assert running.taken == 2
            assert [running.taken_for(seconds) for seconds in (0, 5, 6)] == [2, 1, 0]
        assert running.taken == 1
    assert (running.taken, running.taken_for(0)) == (0, 0)


def test_work_that_fails_is_over() -> None:
    running = Running()
    with pytest.raises(KeyError), running.occupied():
        raise KeyError
    assert running.taken == 0
