"""What every store of moving windows has to do, and a clock that is moved by hand."""

from collections import deque
from random import Random

from bonaface.quotas.moving_windows import MovingWindows


class HandClock:
    """Seconds that move when told."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def assert_exact(windows: MovingWindows, clock: HandClock, requests: int) -> None:
    """As many requests at random times are admitted as by a window kept in a plain list."""
    random, admitted = Random(7), deque[float]()
    for _ in range(requests):
        clock.now += random.choice((0.0, 0.01, 0.1, 0.5, 1.9))
        while admitted and admitted[0] <= clock.now - 2:
            admitted.popleft()
        assert windows.get_moving_window("k", 5, 2)[1] == len(admitted)
        may = len(admitted) < 5
        assert windows.acquire_entry("k", 5, 2) is may
        if may:
            admitted.append(clock.now)
