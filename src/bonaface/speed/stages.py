"""What the stages of one analysis take: medians over many calls on one thread."""

import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass

from bonaface.analyzer import Analyzer
from bonaface.timings import Stage, Timing, Timings

WARM_UP = 3
"""Calls before the first that counts."""
TIMED = (Stage.DECODE, Stage.DETECT, Stage.PAD)


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Medians in milliseconds over `runs` calls on an image of `width` x `height` pixels.

    `pad` is for one face, None where none was found. What is left of `whole` is pose, reasons and glue.
    """

    width: int
    height: int
    faces: int
    runs: int
    decode: float
    detect: float
    pad: float | None
    whole: float


def time_stages(analyzer: Analyzer, image: bytes, runs: int) -> StageTimes:
    """The times of `analyzer.analyze(image)`, one call after the other. Raises what it raises."""
    taken: dict[Stage, list[float]] = {stage: [] for stage in TIMED}
    whole: list[float] = []
    found = analyzer.analyze(image)
    for turn in range(WARM_UP + runs):
        timings = Timings()
        begun = time.perf_counter()
        analyzer.analyze(image, timings=timings)
        if turn >= WARM_UP:
            whole.append(time.perf_counter() - begun)
            for stage, seconds in taken.items():
                seconds.append(_seconds(timings.entries, stage))
    decode, detect, pad = (_milliseconds(taken[stage]) for stage in TIMED)
    faces = len(found.faces)
    a_face = pad / faces if faces else None
    return StageTimes(found.width, found.height, faces, runs, decode, detect, a_face, _milliseconds(whole))


def _seconds(timings: Iterable[Timing], stage: Stage) -> float:
    """Of one call: a stage may be timed in several parts."""
    return sum(timing.seconds for timing in timings if timing.stage is stage)


def _milliseconds(times: list[float]) -> float:
    return statistics.median(times) * 1000
