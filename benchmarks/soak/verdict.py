"""What a soak came to, and whether it held: memory flat, nothing leaked, no error but the input's own."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.soak.load import BROKEN, Reply, Tally
from benchmarks.soak.watch import Sample

WARM_UP = 1 / 6
"""Share of the run that is not judged: caches and allocators fill."""
MAX_SLOPE = 1.0
"""Megabytes a minute."""
MAX_DESCRIPTORS = 4
MAX_THREADS = 1
LEAST_MINUTES = 2.0
"""A shorter run says nothing about what grows."""
BIN = 10.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Figures of one run; seconds, megabytes, requests a second. `lost` replies were in no ledger."""

    minutes: float
    capacity: float
    rate: float
    sent: int
    answered: int
    counted: int
    lost: int
    p50_ms: float
    p99_ms: float
    slowest_ms: float
    megabytes_first: float
    megabytes_last: float
    megabytes_peak: float
    megabytes_a_minute: float
    descriptors_grown: int
    threads_grown: float
    cpu_cores: float
    outcomes: dict[str, int]
    unexpected: dict[str, int]

    @property
    def holds(self) -> bool:
        """Whether the run did what is asked of it."""
        return not self.faults

    @property
    def faults(self) -> list[str]:
        """What went wrong, a sentence each."""
        grows = self.minutes >= LEAST_MINUTES
        told = {
            f"memory grows by {self.megabytes_a_minute:.2f} MB a minute": self.megabytes_a_minute
            >= MAX_SLOPE,
            f"{self.descriptors_grown} descriptors more": grows and self.descriptors_grown > MAX_DESCRIPTORS,
            f"{self.threads_grown:.0f} threads more": grows and self.threads_grown > MAX_THREADS,
            f"errors that are not the input's own: {self.unexpected}": bool(self.unexpected),
            f"{self.lost} replies are in no ledger": self.lost > 0,
            f"{self.counted} counted of {self.sent} sent": self.counted > self.sent,
        }
        return [sentence for sentence, is_so in told.items() if is_so]


def judge(
    tally: Tally,
    samples: Sequence[Sample],
    counted: Counter[str],
    seconds: float,
    capacity: float,
    rate: float,
) -> Verdict:
    """The verdict on a run of `seconds`; `counted` is what the ledger gained in it, by outcome."""
    judged = [each for each in samples if each.at >= seconds * WARM_UP]
    times = np.array([reply.seconds for reply in tally.replies if reply.is_expected]) * 1000
    first, last = judged[: len(judged) // 5 + 1], judged[-(len(judged) // 5 + 1) :]
    p50, p99 = np.percentile(times, [50, 99])
    return Verdict(
        minutes=seconds / 60,
        capacity=capacity,
        rate=rate,
        sent=len(tally.replies),
        answered=tally.answered.total(),
        counted=counted.total(),
        lost=sum((tally.answered - counted).values()),
        p50_ms=float(p50),
        p99_ms=float(p99),
        slowest_ms=float(times.max()),
        megabytes_first=_median(first, "megabytes"),
        megabytes_last=_median(last, "megabytes"),
        megabytes_peak=max(each.megabytes for each in samples),
        megabytes_a_minute=slope(judged) * 60,
        descriptors_grown=_fewest_descriptors(last) - _fewest_descriptors(first),
        threads_grown=_median(last, "threads") - _median(first, "threads"),
        cpu_cores=(samples[-1].cpu - samples[0].cpu) / (samples[-1].at - samples[0].at),
        outcomes=dict(Counter(reply.outcome for reply in tally.replies).most_common()),
        unexpected={f"{kind}: {outcome}": number for (kind, outcome), number in tally.unexpected.items()},
    )


def slope(samples: Sequence[Sample]) -> float:
    """Megabytes a second by which memory grows: the median slope between medians of 10 s (Theil-Sen)."""
    at, megabytes = _binned(samples)
    one, other = np.triu_indices(len(at), 1)
    if not len(one):
        return 0.0
    return float(np.median((megabytes[other] - megabytes[one]) / (at[other] - at[one])))


def _binned(samples: Sequence[Sample]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    bins: dict[int, list[float]] = {}
    for each in samples:
        bins.setdefault(int(each.at / BIN), []).append(each.megabytes)
    places = sorted(bins)
    return np.array(places) * BIN, np.array([float(np.median(bins[place])) for place in places])


def percentiles(replies: Sequence[Reply], width: float) -> tuple[list[float], list[float], list[float]]:
    """Minutes, and the median and 99th percentile in milliseconds of what was due in bins of `width` s."""
    bins: dict[int, list[float]] = {}
    for reply in replies:
        if reply.outcome != BROKEN:
            bins.setdefault(int(reply.due / width), []).append(reply.seconds * 1000)
    places = sorted(bins)
    found = [np.percentile(bins[place], [50, 99]) for place in places]
    return (
        [place * width / 60 for place in places],
        [float(p[0]) for p in found],
        [float(p[1]) for p in found],
    )


def _median(samples: Sequence[Sample], name: str) -> float:
    return float(np.median([getattr(each, name) for each in samples]))


def _fewest_descriptors(samples: Sequence[Sample]) -> int:
    """The connections of the clients come and go on top of what the process keeps open."""
    return min(each.descriptors for each in samples)
