"""This version beside an older one: both measured in pairs in one run. Is anything more than 5 % worse?

    make compare BASE=64fb77c
    python -m benchmarks.compare BASE [--pairs 12] [--seconds 5]

BASE is any commit; it is checked out into a git worktree of its own, and each version gets an environment
with what it pins itself (a minute each, 2 GB in the folder for temporary files). A pair is one run of every
measure on both, which take turns measure by measure, the other one first each time, with servers that are
started for the pair:

- the library call on one photo (640 x 480, one face), in a process on one core;
- throughput: that photo as the file of a form, a closed loop of 8 connections;
- what a request costs outside the workers: processor time of the server's own process for a verdict, for a
  request refused for what its body holds, and for one refused because no place is free (64 connections);
- memory of the server and its workers after that, each page counted once.

Told are medians, and of the ratios within a pair the median and the middle half; over 1 this version is
worse. The exit status is 1 when a median is over 1.05.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import typer
import uvloop

from benchmarks import pictures
from benchmarks.memory import memory_of
from benchmarks.sides import ROOT, Library, Side, checked_out, installed
from bonaface.speed.client import Answer, Connection, upload

MARGIN = 1.05
CALLS = 30
CONNECTIONS, OVERLOAD = 8, 64
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
THROUGHPUT = "throughput, verdicts a second"
MORE_IS_BETTER = {THROUGHPUT}

Turn = dict[str, float]
"""Figures of one side in one pair, by measure."""


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
        compared = compare(measured(sides, pairs, seconds, folder))
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


def measured(sides: Sequence[Side], pairs: int, seconds: float, folder: Path) -> dict[str, list[Turn]]:
    """The figures of each side, by its name; one pair more, which warms up, does not count."""
    photo = folder / "photo.jpg"
    photo.write_bytes(pictures.photo())
    keys = {side.name: side.prepare() for side in sides}
    turns: dict[str, list[Turn]] = {side.name: [] for side in sides}
    with ExitStack() as stack:
        libraries = {side.name: stack.enter_context(side.library(photo)) for side in sides}
        for pair in range(pairs + 1):
            for name, turn in _pair(sides, libraries, keys, photo.read_bytes(), seconds, pair).items():
                if pair:
                    turns[name].append(turn)
    return turns


def _pair(
    sides: Sequence[Side],
    libraries: Mapping[str, Library],
    keys: Mapping[str, tuple[str, str]],
    photo: bytes,
    seconds: float,
    number: int,
) -> dict[str, Turn]:
    with ExitStack() as stack:
        asked = {
            side.name: _Asked(*stack.enter_context(side.serving()), *keys[side.name], photo, seconds)
            for side in sides
        }
        turns: dict[str, Turn] = {name: {} for name in asked}
        order = list(asked) if number % 2 else list(reversed(asked))
        for measure in _MEASURES:
            for name in order:
                turns[name] |= measure(asked[name], libraries[name], turns[name])
            order.reverse()
    return turns


class _Asked:
    """A server under one kind of request after the other."""

    def __init__(
        self, pid: int, address: tuple[str, int], app_key: str, secret: str, photo: bytes, seconds: float
    ) -> None:
        self.pid = pid
        self._address = address
        self._seconds = seconds
        self.good = upload(app_key, secret, photo)
        self.bad = self.good.replace(b'"imageFile"', b'"otherFile"')

    def load(self, request: bytes, connections: int) -> tuple[list[Answer], float, float]:
        """The answers, how long it took, and milliseconds of processor time of the server's own process."""
        spent, begun = _processor_ms(self.pid), time.perf_counter()
        answers = uvloop.run(_closed_loop(self._address, request, connections, self._seconds))
        return answers, time.perf_counter() - begun, _processor_ms(self.pid) - spent


def _library(_asked: _Asked, library: Library, _turn: Turn) -> Turn:
    return {"library call, ms": library.milliseconds(CALLS)}


def _verdicts(asked: _Asked, _library: Library, _turn: Turn) -> Turn:
    answers, lasted, spent = asked.load(asked.good, CONNECTIONS)
    assert all(answer.is_success for answer in answers)
    return {THROUGHPUT: len(answers) / lasted, VERDICT: spent / len(answers)}


def _invalid(asked: _Asked, _library: Library, _turn: Turn) -> Turn:
    answers, _, spent = asked.load(asked.bad, CONNECTIONS)
    assert all(answer.status == 200 and not answer.is_success for answer in answers)
    return {"outside the workers, a body refused, ms": spent / len(answers)}


def _overload(asked: _Asked, _library: Library, turn: Turn) -> Turn:
    """What the verdicts among the answers cost is taken off."""
    answers, _, spent = asked.load(asked.good, OVERLOAD)
    verdicts = sum(answer.is_success for answer in answers)
    refused = sum(answer.status == 503 for answer in answers)
    assert verdicts + refused == len(answers)
    return {"outside the workers, no place free, ms": (spent - verdicts * turn[VERDICT]) / refused}


def _memory(asked: _Asked, _library: Library, _turn: Turn) -> Turn:
    return {"memory of server and workers, MB": sum(memory_of(asked.pid))}


VERDICT = "outside the workers, a verdict, ms"
_MEASURES: Sequence[Callable[[_Asked, Library, Turn], Turn]] = (
    _library,
    _verdicts,
    _invalid,
    _overload,
    _memory,
)


async def _closed_loop(
    address: tuple[str, int], request: bytes, connections: int, seconds: float
) -> list[Answer]:
    ends = time.perf_counter() + seconds
    clients = (_client(Connection(address), request, ends) for _ in range(connections))
    return [answer for some in await asyncio.gather(*clients) for answer in some]


async def _client(connection: Connection, request: bytes, ends: float) -> list[Answer]:
    answers = list[Answer]()
    while time.perf_counter() < ends or not answers:
        answers.append(await connection.ask(request))
    await connection.close()
    return answers


def _processor_ms(pid: int) -> float:
    """Of all its threads, those that have ended too, but not of its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / TICKS_A_SECOND


if __name__ == "__main__":
    typer.run(main)
