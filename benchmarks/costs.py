"""What a request costs, by thread and process: processor time in a closed loop of 8 connections.

    python -m benchmarks.costs [--seconds 12]

One server with the settings as they come. Threads are told by what they do where the server names them.
"""

import tempfile
from collections import Counter
from pathlib import Path

import typer

from benchmarks import pictures
from benchmarks.closed import throughput
from benchmarks.memory import descendants_of
from benchmarks.timing import interleaved
from bonaface.analyzer import Analyzer
from bonaface.settings import load_settings
from bonaface.speed.server import served

CONNECTIONS = 8
RUNS = 20
NANO = 1e6
LEAST_MS = 0.03
Costs = Counter[tuple[int, int]]
"""Milliseconds so far, by process and thread."""


def main(seconds: float = 12) -> None:
    """Print a line for each thread that costs something; the first of a process is its main thread."""
    image, analyzer = pictures.photo(), Analyzer()
    with tempfile.TemporaryDirectory() as name, served(load_settings(), Path(name)) as server:
        throughput(server, image, CONNECTIONS, 3, Path(name))
        before = _costs(server.process.pid)
        _, rate = throughput(server, image, CONNECTIONS, seconds, Path(name))
        after = _costs(server.process.pid)
    alone = interleaved({"call": lambda: analyzer.analyze(image)}, RUNS)["call"].wall
    typer.echo(f"{rate:.1f} verdicts a second; the library call alone {alone:.2f} ms")
    for (process, thread), spent in sorted((after - before).items()):
        if (cost := spent / (rate * seconds)) >= LEAST_MS:
            kind = "server" if process == server.process.pid else "its process"
            typer.echo(f"{kind} {process}, thread {thread}: {cost:.2f} ms a request")


def _costs(server: int) -> Costs:
    found = Costs()
    for process in (server, *descendants_of(server)):
        for task in Path(f"/proc/{process}/task").iterdir():
            found[process, int(task.name)] = round(int((task / "schedstat").read_text().split()[0]) / NANO)
    return found


if __name__ == "__main__":
    typer.run(main)
