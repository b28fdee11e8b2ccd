"""Calls timed side by side, so that whatever else the machine does falls on all of them."""

import os
import statistics
import time
from collections.abc import Callable, Mapping

WARM_UP = 3


def interleaved(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median milliseconds of each call: one of each a round, after three rounds that do not count."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(WARM_UP + rounds):
        for name, call in calls.items():
            begun = time.perf_counter()
            call()
            if turn >= WARM_UP:
                times[name].append(time.perf_counter() - begun)
    return {name: statistics.median(passed) * 1000 for name, passed in times.items()}


def pin_to_one_core() -> int:
    """Leave this process, and those that it starts from now on, one core; which one."""
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))
