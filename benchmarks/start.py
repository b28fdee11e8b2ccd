"""From the start of `bonaface serve` to the moment that it is ready, with its files cached.

    python -m benchmarks.start [--starts 5] [--json FILE]

One start is not counted. Ready is when /readyz answers 200, after the line that says that the server answers.
"""

import statistics
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

import typer

from benchmarks.row import Row, tell
from bonaface.settings import Settings, load_settings
from bonaface.speed.server import served

LIMIT = 1.5


def main(starts: int = 5, json: Path | None = None) -> None:
    """Print the row."""
    settings = load_settings()
    seconds = [ready(settings) for _ in range(starts + 1)][1:]
    row = Row(
        "cold start to ready",
        f"at most {LIMIT} s, median of {starts}",
        statistics.median(seconds),
        LIMIT,
        "s",
        figures={f"start {number + 1} (s)": one for number, one in enumerate(seconds)},
    )
    tell([row], json)


def ready(settings: Settings) -> float:
    """Seconds of one start, on a database that is there already."""
    with tempfile.TemporaryDirectory(prefix="bonaface-") as folder, served(settings, Path(folder)) as server:
        begun = time.perf_counter()
        host, port = server.address
        with urlopen(f"http://{host}:{port}/readyz") as answer:
            assert answer.status == 200
        return server.seconds + time.perf_counter() - begun


if __name__ == "__main__":
    typer.run(main)
