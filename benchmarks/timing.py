"""Calls timed side by side, so that whatever else the machine does falls on all of them."""

import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Times:
    """Medians in milliseconds: by the clock on the wall, and of processor time in all threads."""

    wall: float
    processor: float


class TimedCall:
    """Collects the times of one call, made again and again."""

    def __init__(self) -> None:
        self._wall: list[float] = []
        self._processor: list[float] = []

    def add(self, wall: float, processor: float) -> None:
        """One more, in seconds."""
        self._wall.append(wall)
        self._processor.append(processor)

    def time(self, call: Callable[[], object]) -> None:
        """Make the call once more."""
        begun, used = time.perf_counter(), time.process_time()
        call()
        self.add(time.perf_counter() - begun, time.process_time() - used)

    @property
    def times(self) -> Times:
        """The medians, without the first three."""
        wall, processor = (statistics.median(one[WARM_UP:]) for one in (self._wall, self._processor))
        return Times(wall * 1000, processor * 1000)


def interleaved(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Times]:
    """The times of each call: one of each a round, and three rounds more that do not count."""
    timed = {name: TimedCall() for name in calls}
    for _ in range(WARM_UP + rounds):
        for name, call in calls.items():
            timed[name].time(call)
    return {name: each.times for name, each in timed.items()}


def figures_of(times: Mapping[str, Times]) -> dict[str, float]:
    """By both clocks: on an idle machine they agree, on a busy one processor time says more."""
    walls = {name: one.wall for name, one in times.items()}
    return {**walls, **{f"{name} (processor)": one.processor for name, one in times.items()}}


def pin_to_one_core() -> int:
    """Leave this process, and those that it starts from now on, one core; which one."""
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))
