"""The library call on twenty faces in one image, beside its kernels spread over the cores.

    python -m benchmarks.crowd [--rounds 20] [--json FILE]

The kernels are timed on one thread: decoding, one run of the detector, and the PAD networks on one face,
which counts twenty times over the number of cores.
"""

from pathlib import Path

import typer

from benchmarks import pictures
from benchmarks.kernels import kernels_of
from benchmarks.row import Row, tell
from benchmarks.timing import cores, figures_of, interleaved
from bonaface.analyzer import Analyzer
from bonaface.settings import load_settings

FACES = 20


def main(rounds: int = 20, json: Path | None = None) -> None:
    """Print the row."""
    settings, data = load_settings(), pictures.crowd(FACES)
    analyzer = Analyzer(settings, lanes=settings.serving.workers)
    assert len(analyzer.analyze(data).faces) == FACES
    one, all_faces = kernels_of(data, settings, 1), kernels_of(data, settings)
    calls = {
        "whole call": lambda: analyzer.analyze(data),
        "decode kernel": one.decode,
        "detection kernel": one.detect,
        "PAD kernels, one face": one.pad,
        f"PAD kernels, {FACES} faces": all_faces.pad,
    }
    times = interleaved(calls, rounds)
    work = FACES * times["PAD kernels, one face"].wall / cores()
    least = times["decode kernel"].wall + times["detection kernel"].wall + work
    row = Row(
        f"library call, {FACES} faces",
        f"at most 1.3 x (decode + detection + {FACES} PAD kernels / cores)",
        times["whole call"].wall / least,
        1.3,
        "x",
        figures={**figures_of(times), "cores": cores(), f"decode + detection + {FACES} PAD / cores": least},
    )
    tell([row], json)


if __name__ == "__main__":
    typer.run(main)
