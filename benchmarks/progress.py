"""This version beside 64fb77c, which the aims are told by: measured in pairs in one run, a row for each aim.

    python -m benchmarks.progress [--pairs 4] [--seconds 3] [--json FILE]

The older version is installed into `var/versions` the first time, with what it pins itself; this one runs
from the environment of this process. `benchmarks.measures` tells what each measure is. A ratio is the median
of those within pairs.
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import typer

from benchmarks import measures
from benchmarks.compare import Compared, compare
from benchmarks.measures import Measure, in_pairs
from benchmarks.row import Row, tell
from benchmarks.sides import Side, kept

BASE = "64fb77c"
MEASURES: Sequence[Measure] = (
    measures.start,
    measures.library_call,
    measures.finding,
    measures.large_call,
    measures.crowd,
    measures.verdicts,
    measures.overload,
)
RATIOS = {
    measures.CALL: ("library call, 640 x 480, one face, one thread", 0.5),
    measures.FINDING: ("finding and refining, networks alone", 0.5),
    measures.LARGE: ("library call, 12 megapixels", 0.7),
    measures.VERDICT: ("a request's cost outside the workers", 0.5),
    measures.CROWD: (f"{measures.FACES} faces in one image, over HTTP", 0.5),
}
"""Measures whose figures are to be so much of the older version's, at most."""
FASTER = 1.8
MOST_MB = 280
START_SECONDS = 1.5
CORES = 8
WORKERS = (2, 4, 8)


def main(pairs: int = 4, seconds: float = 3, json: Path | None = None) -> None:
    """Print the rows."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a start is measured as a user has it
    with tempfile.TemporaryDirectory(prefix="bonaface-") as name:
        folder = Path(name)
        pythons = {"base": kept(BASE), "current": Path(sys.executable)}
        sides = [Side(kind, python, folder / kind) for kind, python in pythons.items()]
        compared = compare(in_pairs(sides, MEASURES, pairs, seconds, folder))
    tell(rows_of(compared), json)


def rows_of(compared: Sequence[Compared]) -> list[Row]:
    """A row for each aim, of all measures."""
    found = {one.measure: one for one in compared}
    ratios = [
        Row(
            f"{name}, over {BASE}",
            f"at most {most:g}",
            found[measure].ratio,
            most,
            "x",
            figures=_both(found[measure]),
        )
        for measure, (name, most) in RATIOS.items()
    ]
    return [*ratios, _throughput(found[measures.THROUGHPUT]), *_absolute(found), _cores(found)]


def _throughput(found: Compared) -> Row:
    return Row(
        f"HTTP multipart, closed loop of {measures.CONNECTIONS}, verdicts a second over {BASE}",
        f"at least {FASTER}",
        1 / found.ratio,
        FASTER,
        "x",
        is_floor=True,
        figures=_both(found, " (a second)"),
    )


def _absolute(found: dict[str, Compared]) -> list[Row]:
    memory, start = found[measures.MEMORY], found[measures.START]
    return [
        Row(
            f"resident, server and workers, under an overload ({measures.OVERLOAD} connections)",
            f"at most {MOST_MB} MB",
            memory.current,
            MOST_MB,
            "MB",
            figures=_both(memory, " (MB)"),
        ),
        Row(
            "cold start to ready",
            f"at most {START_SECONDS} s",
            start.current,
            START_SECONDS,
            "s",
            figures=_both(start, " (s)"),
        ),
    ]


def _cores(found: dict[str, Compared]) -> Row:
    """Where one event loop ends: workers on more cores are taken to be as fast as these, and the loop's share
    of a verdict is the limit. Clients are elsewhere.
    """
    loop, worker = found[measures.VERDICT].current, found[measures.WORKERS].current
    reached = {
        f"verdicts a second, {workers} workers on cores of their own": min(
            workers * 1000 / worker, 1000 / loop
        )
        for workers in WORKERS
    }
    return Row(
        "cores that one event loop keeps at work, computed",
        f"at least {CORES}, its own counted",
        1 + worker / loop,
        CORES,
        "cores",
        is_floor=True,
        figures={
            "a verdict in the worker": worker,
            "a verdict outside the workers": loop,
            "most verdicts a second of one event loop": 1000 / loop,
            **reached,
        },
    )


def _both(found: Compared, unit: str = "") -> dict[str, float]:
    low, high = found.middle
    return {
        f"{BASE}{unit}": found.base,
        f"this version{unit}": found.current,
        "times worse, median of pairs (x)": found.ratio,
        "middle half, from (x)": low,
        "to (x)": high,
    }


if __name__ == "__main__":
    typer.run(main)
