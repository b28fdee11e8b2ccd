"""The library call on a photo of 12 megapixels under 3 MB, beside the fastest full decode of that file.

    python -m benchmarks.large [--rounds 20] [--json FILE]

On one core, one thread, in turns. The decode is simplejpeg's, plain or with its short cuts, whichever is
faster.
"""

from pathlib import Path

import typer

from benchmarks import pictures
from benchmarks.kernels import decode_fastest, decode_whole
from benchmarks.row import Row, tell
from benchmarks.timing import figures_of, interleaved, pin_to_one_core
from bonaface.analyzer import Analyzer


def main(rounds: int = 20, json: Path | None = None) -> None:
    """Print the row."""
    pin_to_one_core()
    analyzer, data = Analyzer(), pictures.large(12)
    found = analyzer.analyze(data)
    assert len(found.faces) == 1
    calls = {
        "whole call": lambda: analyzer.analyze(data),
        "full decode": lambda: decode_whole(data),
        "full decode, short cuts": lambda: decode_fastest(data),
    }
    times = interleaved(calls, rounds)
    decodes = (times["full decode"], times["full decode, short cuts"])
    fastest = min(one.wall for one in decodes)
    by_processor = times["whole call"].processor / min(one.processor for one in decodes)
    figures = {
        **figures_of(times),
        "ratio of processor times (x)": by_processor,
        "pixels": found.width * found.height,
        "bytes": len(data),
    }
    target = "at most 1.5 x the fastest full decode alone"
    row = Row(
        "library call, 12 megapixels", target, times["whole call"].wall / fastest, 1.5, "x", figures=figures
    )
    tell([row], json)


if __name__ == "__main__":
    typer.run(main)
