"""What the stages of one request took. Any thread may time one; the log, the metrics and the traces read."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """A part of a request that is timed by itself; the last five happen inside `analyse`."""

    AUTHENTICATE = "authenticate"
    ADMIT = "admit"
    BODY = "body"
    FETCH = "fetch"
    ANALYSE = "analyse"
    LEDGER = "ledger"
    QUEUE = "queue"
    DECODE = "decode"
    DETECT = "detect"
    PAD = "pad"
    HEATMAP = "heatmap"


IN_ANALYSE = frozenset({Stage.QUEUE, Stage.DECODE, Stage.DETECT, Stage.PAD, Stage.HEATMAP})
"""Timings that `analyse` holds: what is left of it is hand-over, pose and reasons."""


@dataclass(frozen=True, slots=True)
class Timing:
    """A stage that was timed: its begin, of `time.perf_counter`, and how long it took, in seconds."""

    stage: Stage
    begun: float
    seconds: float


class Timings:
    """The timings of one request. Thread-safe: work that was given up may still run and time itself."""

    def __init__(self) -> None:
        self._entries: list[Timing] = []

    @property
    def entries(self) -> tuple[Timing, ...]:
        """What was timed until now, in the order in which it ended."""
        return tuple(self._entries)

    def add(self, timings: Iterable[Timing]) -> None:
        """Note what another process timed: `time.perf_counter` is the same clock in all of one machine."""
        self._entries.extend(timings)

    @contextmanager
    def of(self, stage: Stage) -> Iterator[None]:
        """Time the block as `stage`, also when it raises."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.since(begun, stage)

    def since(self, begun: float, stage: Stage) -> None:
        """Note `stage` as what lies between `begun`, of `time.perf_counter`, and now."""
        self._entries.append(Timing(stage, begun, time.perf_counter() - begun))
