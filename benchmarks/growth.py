"""What a call costs as the image grows, from 0.3 to 50 megapixels, and as faces are added, from 1 to 20.

    python -m benchmarks.growth [--rounds 7] [--json FILE] [--chart PNG]

On one core, one thread, in turns. The slope is that of a straight line through the logarithms (least
squares), over the upper half of the sizes for the area, where fixed costs weigh little: 1 is growth in
proportion, less is better.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import typer
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, ScalarFormatter

from benchmarks import pictures
from benchmarks.row import Row, tell
from benchmarks.timing import interleaved, pin_to_one_core
from bonaface.analyzer import Analyzer

MEGAPIXELS = (0.3, 0.8, 2.0, 5.0, 12.0, 25.0, 49.9)
LARGE = 4
"""So many of the largest sizes tell the slope."""
FACES = (1, 2, 4, 8, 12, 16, 20)
LIMIT = 1.1
"""Timing wanders by some per cent, and caches end somewhere."""


def main(rounds: int = 7, json: Path | None = None, chart: Path | None = None) -> None:
    """Print both rows; draw their chart where a file is named."""
    pin_to_one_core()
    analyzer = Analyzer()
    photos, crowds = (
        {one: pictures.large(one) for one in MEGAPIXELS},
        {float(one): pictures.crowd(one) for one in FACES},
    )
    assert all(len(analyzer.analyze(data).faces) == 1 for data in photos.values())
    assert all(len(analyzer.analyze(data).faces) == number for number, data in crowds.items())
    area, faces = _timed(analyzer, photos, rounds), _timed(analyzer, crowds, rounds)
    tell([_row("area", "megapixels", area, LARGE), _row("number of faces", "faces", faces, len(FACES))], json)
    if chart is not None:
        draw(area, faces, chart)


def slope(costs: Mapping[float, float]) -> float:
    """Of the straight line through the logarithms of sizes and costs."""
    return float(np.polyfit(np.log(list(costs)), np.log(list(costs.values())), 1)[0])


def _timed(analyzer: Analyzer, images: Mapping[float, bytes], rounds: int) -> dict[float, float]:
    calls = {f"{size:g}": _Call(analyzer, data) for size, data in images.items()}
    times = interleaved(calls, rounds)
    return {size: times[f"{size:g}"].wall for size in images}


class _Call:
    def __init__(self, analyzer: Analyzer, data: bytes) -> None:
        self._analyzer = analyzer
        self._data = data

    def __call__(self) -> None:
        self._analyzer.analyze(self._data)


def _row(name: str, unit: str, costs: Mapping[float, float], largest: int) -> Row:
    judged = dict(list(costs.items())[-largest:])
    figures = {f"{size:g} {unit}": cost for size, cost in costs.items()}
    figures["slope over all"] = slope(costs)
    target = "no super-linear growth"
    return Row(f"cost against {name}: slope of logarithms", target, slope(judged), LIMIT, figures=figures)


def draw(area: Mapping[float, float], faces: Mapping[float, float], path: Path) -> None:
    """Write both curves, on logarithmic axes, beside growth in proportion."""
    figure = Figure(figsize=(9, 4), layout="constrained")
    panels: Sequence[tuple[Mapping[float, float], str]] = ((area, "megapixels"), (faces, "faces"))
    for axes, (costs, name) in zip(figure.subplots(1, 2), panels, strict=True):
        sizes, times = list(costs), list(costs.values())
        proportion = [times[-1] * size / sizes[-1] for size in sizes]
        axes.plot(sizes, proportion, color="0.7", linestyle="--", label="in proportion")
        axes.plot(sizes, times, marker="o", color="#1b6ca8", label="measured")
        axes.set(xscale="log", yscale="log", xlabel=name, ylabel="milliseconds, one thread")
        axes.set_xticks(sizes, [f"{size:g}" for size in sizes])
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(ScalarFormatter())
        axes.minorticks_off()
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
    figure.savefig(path, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    typer.run(main)
