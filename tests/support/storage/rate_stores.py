"""What every rate store has to do, and a clock that is moved by hand."""

from collections import deque
from random import Random

from bonaface.quotas.rate_store import RateStore


class HandClock:
    """Seconds that move when told."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def assert_exact(store: RateStore, clock: HandClock, requests: int) -> None:
    """As many requests at random times are admitted, and others told to wait as long, as by a plain list."""
    random, admitted = Random(7), deque[float]()
    for _ in range(requests):
        clock.now += random.choice((0.0, 0.01, 0.1, 0.5, 1.9))
        while admitted and admitted[0] + 2 <= clock.now:
            admitted.popleft()
        wait = store.admit("k", 5, 2)
        if len(admitted) < 5:
            assert wait == 0.0
            admitted.append(clock.now)
        else:
            assert abs(wait - (admitted[0] + 2 - clock.now)) < 1e-6
