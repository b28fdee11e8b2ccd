"""What the frames of one capture cost a worker, beside the dearest single images: that ten are not ten times.

    python -m benchmarks.captures [--rounds 5]

Processor time of `Analyzer.inspect` on one core. The faces of all frames together are limited
(`faces.max_together`), and so are bytes and pixels.
"""

import typer

from benchmarks import pictures
from benchmarks.timing import interleaved, pin_to_one_core
from bonaface.analyzer import Analyzer
from bonaface.settings import FaceSettings, load_settings

FRAMES = 10
FACES = 20


def main(rounds: int = 5) -> None:
    """Print milliseconds, medians."""
    pin_to_one_core()
    analyzer = Analyzer()
    faces = FaceSettings(max_together=FRAMES * FACES)
    unlimited = Analyzer(load_settings(faces=faces))
    photo, crowd, large = pictures.photo(), pictures.crowd(FACES), pictures.large(49.9)
    calls = {
        "one photo, one face": lambda: analyzer.inspect([photo]),
        f"{FRAMES} photos": lambda: analyzer.inspect([photo] * FRAMES),
        "one image of 49.9 megapixels": lambda: analyzer.inspect([large]),
        f"one image, {FACES} faces": lambda: analyzer.inspect([crowd]),
        f"{FRAMES} of these": lambda: analyzer.inspect([crowd] * FRAMES),
        f"{FRAMES} of these, without faces.max_together": lambda: unlimited.inspect([crowd] * FRAMES),
    }
    for name, times in interleaved(calls, rounds).items():
        typer.echo(f"| {name} | {times.processor:.0f} |")


if __name__ == "__main__":
    typer.run(main)
