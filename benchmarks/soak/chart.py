"""The run as a picture: latency, memory, descriptors and threads over time."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from benchmarks.soak.load import Tally
from benchmarks.soak.verdict import WARM_UP, Verdict, percentiles
from benchmarks.soak.watch import Sample

BINS = 60


def draw(tally: Tally, samples: Sequence[Sample], verdict: Verdict, path: Path) -> None:
    """Write a PNG of three panels over minutes."""
    figure = Figure(figsize=(8, 7), layout="constrained")
    latency, memory, held = figure.subplots(3, 1, sharex=True)
    minutes, medians, tails = percentiles(tally.replies, max(verdict.minutes * 60 / BINS, 1.0))
    latency.plot(minutes, medians, label="median")
    latency.plot(minutes, tails, label="99th percentile")
    latency.set_ylabel("latency, ms")
    latency.set_ylim(bottom=0)
    at = [each.at / 60 for each in samples]
    memory.plot(at, [each.megabytes for each in samples], label="resident memory")
    memory.axvspan(0, verdict.minutes * WARM_UP, alpha=0.1, label="warm-up, not judged")
    memory.set_ylabel("MB")
    memory.set_ylim(bottom=0)
    held.plot(at, [each.descriptors for each in samples], label="descriptors")
    held.plot(at, [each.threads for each in samples], label="threads")
    held.set_ylim(bottom=0)
    held.set_xlabel("minutes")
    for panel in (latency, memory, held):
        panel.legend(loc="lower right")
        panel.grid(alpha=0.3)
    figure.savefig(path, dpi=110, metadata={"Software": None})
