"""Workers that are threads beside workers that are processes: two servers that take turns.

    python -m benchmarks.isolation [--turns 6] [--seconds 5]

One face in 640 x 480 as the file of a form. Each turn: a closed loop of 8 connections, then four times the
throughput of the first server. Tells medians, and medians of the ratios within a turn.
"""

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import typer

from benchmarks import pictures
from benchmarks.closed import throughput
from benchmarks.memory import memory_of
from benchmarks.offered import offer, percentile
from benchmarks.serving import with_isolation
from bonaface.settings import Settings, load_settings
from bonaface.speed.client import upload
from bonaface.speed.server import Served, served

CONNECTIONS = 8
OVERLOAD = 4.0
KINDS = ("threads", "processes")
Turn = dict[str, float]
"""Figures of one server in one turn, by name."""


def main(turns: int = 6, seconds: float = 5) -> None:
    """Print the table."""
    settings, image = load_settings(), pictures.photo()
    with ExitStack() as stack:
        servers = {kind: stack.enter_context(_serving(settings, kind)) for kind in KINDS}
        found: dict[str, list[Turn]] = {kind: [] for kind in KINDS}
        for turn in range(turns + 1):
            rate = 0.0
            for kind, (server, folder) in servers.items():
                figures = _turn(server, folder, image, seconds, rate)
                rate = rate or figures["verdicts a second"]
                if turn:  # the first one warms up
                    found[kind].append(figures)
        memory = {kind: memory_of(server.process.pid) for kind, (server, _) in servers.items()}
    for line in _table(found):
        typer.echo(line)
    for kind, sizes in memory.items():
        typer.echo(f"memory of {kind}: {' + '.join(f'{size:.0f}' for size in sizes)} MB")


@contextmanager
def _serving(settings: Settings, kind: str) -> Iterator[tuple[Served, Path]]:
    with tempfile.TemporaryDirectory(prefix="bonaface-") as name:
        folder = Path(name)
        with served(with_isolation(settings, kind), folder) as server:
            yield server, folder


def _turn(server: Served, folder: Path, image: bytes, seconds: float, rate: float) -> Turn:
    """rate: the throughput of which four times is offered; 0 where this server's own is to be taken."""
    _, peak = throughput(server, image, CONNECTIONS, seconds, folder)
    request = upload(server.app_key, server.secret, image)
    replies = offer(server.address, request, OVERLOAD * (rate or peak), seconds)
    verdicts = [reply for reply in replies if reply.answer.is_success]
    refused = [reply for reply in replies if reply.answer.status == 503]
    return {
        "verdicts a second": peak,
        "verdicts a second in overload": len(verdicts) / seconds,
        "refusals in overload, median ms": percentile(refused, 50),
        "neither verdict nor refusal": len(replies) - len(verdicts) - len(refused),
    }


def _table(found: dict[str, list[Turn]]) -> Iterator[str]:
    yield f"{'':36}{''.join(f'{kind:>12}' for kind in found)}{'ratio':>8}"
    for name in found[KINDS[0]][0]:
        columns = [[turn[name] for turn in found[kind]] for kind in KINDS]
        ratios = [after / before for before, after in zip(*columns, strict=True) if before]
        cells = "".join(f"{statistics.median(column):12.1f}" for column in columns)
        yield f"{name:36}{cells}{f'{statistics.median(ratios):8.2f}' if ratios else ''}"


if __name__ == "__main__":
    typer.run(main)
