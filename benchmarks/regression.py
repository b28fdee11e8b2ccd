"""Whether the code became slower since `baseline.json` was written: by counts and by ratios in one run.

    python -m benchmarks.regression [--write]

The networks' multiply-adds for one photo are counted. Everything else is processor time of this process,
the least of many runs in turns, over that of work that a change of the code does not touch: the bare
kernels, a fixed network on the same engine, plain Python. So neither a busy machine nor another one makes
much of a difference; what still depends on the kind of processor is compared only where the baseline has
that kind. A figure more than 25 % over its baseline is a failure (exit status 1), if it is so three times
in a row.
"""

import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from benchmarks import pictures
from benchmarks.kernels import Kernels, kernels_of
from benchmarks.reference import Convolutions, text_work
from benchmarks.request import Requests
from benchmarks.work import multiply_adds
from bonaface.analyzer import Analyzer
from bonaface.runtime.engines import session_factory
from bonaface.settings import Settings, load_settings

BASELINE = Path(__file__).with_name("baseline.json")
MARGIN = 1.25
TRIES = 3
RUNS = 12
EVERYWHERE = "everywhere"
RATIOS = {
    "decode over its kernel": ("decode", ("decode kernel",)),
    "detection over its kernel": ("detection", ("detection kernel",)),
    "PAD over its kernels": ("PAD", ("PAD kernels",)),
    "whole call over all kernels": ("whole call", ("decode kernel", "detection kernel", "PAD kernels")),
    "10 requests over plain Python": ("requests", ("text work",)),
}
"""Of what to what. The same on every machine, nearly."""
MACHINE_RATIOS = {
    "detection kernel over convolutions": ("detection kernel", ("convolutions",)),
    "PAD kernels over convolutions": ("PAD kernels", ("convolutions",)),
}
"""Those that depend on what the processor is good at."""

Figures = dict[str, float]
Calls = dict[str, Callable[[], object]]


def main(write: Annotated[bool, typer.Option("--write", help="make the baseline anew")] = False) -> None:
    """Measure and compare."""
    settings = load_settings()
    kernels = kernels_of(pictures.photo(), settings)
    with (
        tempfile.TemporaryDirectory(prefix="bonaface-") as folder,
        Requests(settings, Path(folder), kernels.data) as requests,
    ):
        calls: Calls = {**calls_of(kernels, settings), "requests": requests, "text work": text_work}
        if write:
            _write({**counts_of(kernels), **_middle_of(calls, TRIES)})
            return
        faults = check(calls, counts_of(kernels), baseline_for(kind_of_machine()))
    for fault in faults:
        typer.echo(f"SLOWER: {fault}")
    sys.exit(1 if faults else 0)


def check(calls: Calls, counts: Figures, baseline: Mapping[str, float], runs: int = RUNS) -> list[str]:
    """What is over its baseline, a sentence each, after the figures were printed."""
    measured = {**counts, **ratios(calls, runs)}
    for _ in range(TRIES - 1):
        if slower(baseline, measured):
            measured = _least(measured, ratios(calls, runs))
    for name, value in measured.items():
        known = f"{baseline[name]:.3f}" if name in baseline else "none for this kind of machine"
        typer.echo(f"{name:<40} {value:10.3f}   baseline {known}")
    return slower(baseline, measured)


def slower(baseline: Mapping[str, float], measured: Mapping[str, float]) -> list[str]:
    """A sentence for each figure that is over its baseline by more than a quarter, or was not measured."""
    missing = [f"{name} was not measured" for name in baseline if name not in measured]
    return missing + [
        f"{name} is {measured[name]:.3f}, {measured[name] / known:.2f} times its baseline of {known:.3f}"
        for name, known in baseline.items()
        if name in measured and measured[name] > known * MARGIN
    ]


def counts_of(kernels: Kernels) -> Figures:
    """Millions of multiply-adds of the networks."""
    return {
        "detection, million multiply-adds": multiply_adds(kernels.detector) / 1e6,
        "PAD, million multiply-adds": multiply_adds(kernels.liveness) / 1e6,
    }


def calls_of(kernels: Kernels, settings: Settings) -> Calls:
    """Whatever is timed, by name, on the photo that the kernels are of."""
    data, analyzer = kernels.data, Analyzer(settings)
    image = analyzer.decode(data)
    boxes = [face.box for face in analyzer.detect(image)]
    return {
        "whole call": lambda: analyzer.analyze(data),
        "decode": lambda: analyzer.decode(data),
        "detection": lambda: analyzer.detect(image),
        "PAD": lambda: analyzer.log_odds(image, boxes),
        "decode kernel": kernels.decode,
        "detection kernel": kernels.detect,
        "PAD kernels": kernels.pad,
        "convolutions": Convolutions(session_factory(settings.models.runtime)),
    }


def ratios(calls: Calls, runs: int = RUNS) -> Figures:
    """Every ratio, of the least processor time of each call over `runs` in turns."""
    times = dict.fromkeys(calls, float("inf"))
    for turn in range(runs + 1):
        for name, call in calls.items():
            begun = time.process_time()
            call()
            if turn:
                times[name] = min(times[name], time.process_time() - begun)
    return {
        name: times[part] / sum(times[other] for other in others)
        for name, (part, others) in (RATIOS | MACHINE_RATIOS).items()
    }


def kind_of_machine() -> str:
    """What the engines choose their code by: the architecture and its widest vectors."""
    try:
        flags = Path("/proc/cpuinfo").read_text().split()
    except OSError:
        flags = []
    widest = next((name for name in ("amx_tile", "avx512f", "avx2") if name in flags), "plain")
    return f"{platform.machine()} {widest}"


def baseline_for(kind: str) -> Figures:
    """What holds everywhere and, where it is known, for this kind of machine."""
    told: dict[str, Figures] = orjson.loads(BASELINE.read_bytes())
    return {**told[EVERYWHERE], **told.get(kind, {})}


def _write(measured: Figures) -> None:
    """Put the figures into the baseline; those of other kinds of machine stay."""
    told: dict[str, Any] = orjson.loads(BASELINE.read_bytes()) if BASELINE.is_file() else {}
    told[EVERYWHERE] = {
        name: round(value, 3) for name, value in measured.items() if name not in MACHINE_RATIOS
    }
    told[kind_of_machine()] = {name: round(measured[name], 3) for name in MACHINE_RATIOS}
    BASELINE.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")


def _middle_of(calls: Calls, times: int) -> Figures:
    found = [ratios(calls) for _ in range(times)]
    return {name: statistics.median(one[name] for one in found) for name in found[0]}


def _least(one: Figures, other: Figures) -> Figures:
    return {name: min(value, other.get(name, value)) for name, value in one.items()}


if __name__ == "__main__":
    typer.run(main)
