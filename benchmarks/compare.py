"""This version beside an older one: both measured in pairs in one run. Is anything more than 5 % worse?

    make compare BASE=64fb77c
    python -m benchmarks.compare BASE [--pairs 12] [--seconds 5]

BASE is any commit; it is checked out into a git worktree of its own, and each version gets an environment
with what it pins itself (a minute each, 2 GB in the folder for temporary files). A pair is one run of every
measure on both, which take turns measure by measure, the other one first each time, with servers that are
started for the pair (`benchmarks.measures` tells what each measure is):

- the library call on one photo (640 x 480, one face), in a process on one core;
- throughput: that photo as the file of a form, a closed loop of 8 connections;
- what a request costs outside the workers: processor time of the server's own process for a verdict, for a
  request refused for what its body holds, and for one refused because no place is free (64 connections), and
  in the workers;
- the most memory of the server and its workers meanwhile, each page counted once.

Told are medians, and of the ratios within a pair the median and the middle half; over 1 this version is
worse. The exit status is 1 when a median is over 1.05.
"""

import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import typer

from benchmarks.measures import (
    MORE_IS_BETTER,
    Measure,
    Turn,
    in_pairs,
    invalid,
    library_call,
    overload,
    verdicts,
)
from benchmarks.sides import ROOT, Side, checked_out, installed

MARGIN = 1.05
MEASURES: Sequence[Measure] = (library_call, verdicts, invalid, overload)


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure: its medians, and how many times worse the newer side is, by pair."""

    measure: str
    base: float
    current: float
    ratio: float
    middle: tuple[float, float]
    """The quartiles of the ratios."""

    @property
    def is_worse(self) -> bool:
        """By more than the margin."""
        return self.ratio > MARGIN


def main(base: str, pairs: int = 12, seconds: float = 5) -> None:
    """Install both, measure, print the table."""
    with tempfile.TemporaryDirectory(prefix="bonaface-") as name, ExitStack() as stack:
        folder = Path(name)
        trees = {"base": stack.enter_context(checked_out(base, folder)), "current": ROOT}
        sides = []
        for kind, tree in trees.items():
            typer.echo(f"installing {kind}")
            (folder / kind).mkdir()
            sides.append(Side(kind, installed(tree, folder / kind), folder / kind))
        compared = compare(in_pairs(sides, MEASURES, pairs, seconds, folder))
    for line in table(compared):
        typer.echo(line)
    sys.exit(any(one.is_worse for one in compared))


def compare(turns: Mapping[str, Sequence[Turn]]) -> list[Compared]:
    """Of the figures of the sides `base` and `current`, pair by pair."""
    return [_compared(measure, turns["base"], turns["current"]) for measure in turns["base"][0]]


def _compared(measure: str, base: Sequence[Turn], current: Sequence[Turn]) -> Compared:
    before, after = ([turn[measure] for turn in turns] for turns in (base, current))
    worse, better = (before, after) if measure in MORE_IS_BETTER else (after, before)
    ratios = [one / other for one, other in zip(worse, better, strict=True)]
    low, middle, high = (float(one) for one in np.percentile(ratios, [25, 50, 75]))
    return Compared(measure, statistics.median(before), statistics.median(after), middle, (low, high))


def table(compared: Sequence[Compared]) -> Iterator[str]:
    """A line for each measure."""
    yield f"{'':54}{'base':>10}{'current':>10}{'ratio':>8}  middle half"
    for one in compared:
        middle = f"{one.middle[0]:.3f} to {one.middle[1]:.3f}"
        figures = f"{one.base:10.3f}{one.current:10.3f}{one.ratio:8.3f}"
        yield f"{one.measure:54}{figures}  {middle}{'  WORSE' if one.is_worse else ''}"


if __name__ == "__main__":
    typer.run(main)
