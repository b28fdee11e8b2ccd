"""How long work has been running."""

import pytest

from bonaface.serving.running import Lanes


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_work_is_seen_for_as_long_as_it_runs() -> None:
    clock = Hand()
    lanes = Lanes(clock)
    with lanes.occupied():
        clock.now += 5
        with lanes.occupied():
            assert lanes.taken == 2
            assert [lanes.taken_for(seconds) for seconds in (0, 5, 6)] == [2, 1, 0]
        assert lanes.taken == 1
    assert (lanes.taken, lanes.taken_for(0)) == (0, 0)


def test_work_that_fails_is_over() -> None:
    lanes = Lanes()
    with pytest.raises(KeyError), lanes.occupied():
        raise KeyError
    assert lanes.taken == 0
