"""What is measured on each of two versions in turns: calls of the library, and a server under several loads.

A measure gets one version (`Measured`) and what was found on it in the same turn, and tells figures by name.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks import pictures
from benchmarks.memory import descendants_of
from benchmarks.sides import Library, Serving, Side
from benchmarks.soak.watch import Watch
from bonaface.speed.client import Answer, Connection, upload

CALLS, SLOW_CALLS = 30, 5
"""Of one turn: of the photo, and of images that take long."""
FACES = 20
CONNECTIONS, OVERLOAD = 8, 64
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")

CALL = "library call, ms"
LARGE = "library call, 12 megapixels, ms"
FINDING = "networks that find and refine, ms"
THROUGHPUT = "throughput, verdicts a second"
VERDICT = "outside the workers, a verdict, ms"
WORKERS = "in the workers, a verdict, ms"
INVALID = "outside the workers, a body refused, ms"
REFUSED = "outside the workers, no place free, ms"
CROWD = f"{FACES} faces over HTTP, ms"
MEMORY = "memory of server and workers, MB"
START = "cold start to ready, s"
MORE_IS_BETTER = frozenset({THROUGHPUT})

Turn = dict[str, float]
"""Figures of one side in one pair, by measure."""


@dataclass(frozen=True, slots=True)
class Images:
    """JPEG files that are asked about."""

    photo: Path
    large: Path
    crowd: Path

    @classmethod
    def made_in(cls, folder: Path) -> "Images":
        """Made anew."""
        made = {"photo": pictures.photo(), "large": pictures.large(12), "crowd": pictures.crowd(FACES)}
        for name, data in made.items():
            (folder / f"{name}.jpg").write_bytes(data)
        return cls(*(folder / f"{name}.jpg" for name in made))


class Measured:
    """One side: its library and its server, asked for `seconds` under each kind of load."""

    def __init__(
        self, library: Library, serving: Serving, keys: tuple[str, str], images: Images, seconds: float
    ) -> None:
        self.library = library
        self.serving = serving
        self.images = images
        self._keys = keys
        self._seconds = seconds

    def upload(self, image: Path) -> bytes:
        """A request that asks about an image."""
        return upload(*self._keys, image.read_bytes())

    def load(self, request: bytes, connections: int) -> "Load":
        """A closed loop of requests."""
        pid = self.serving.pid
        spent, workers, begun = _processor_ms([pid]), _processor_ms(descendants_of(pid)), time.perf_counter()
        answers = uvloop.run(_closed_loop(self.serving.address, request, connections, self._seconds))
        lasted = time.perf_counter() - begun
        return Load(
            answers,
            lasted,
            _processor_ms([pid]) - spent,
            _processor_ms(descendants_of(pid)) - workers,
        )


@dataclass(frozen=True, slots=True)
class Load:
    """Answers, the seconds that it lasted, milliseconds of processor time of the server's own process and of
    its worker processes."""

    answers: list[Answer]
    seconds: float
    server_ms: float
    workers_ms: float

    @property
    def verdicts(self) -> int:
        """Answers that tell one."""
        return sum(answer.is_success for answer in self.answers)


Measure = Callable[[Measured, Turn], Turn]


def library_call(measured: Measured, _turn: Turn) -> Turn:
    """The whole call on a photo of 640 x 480 with one face, on one core."""
    return {CALL: measured.library.analyze(measured.images.photo, CALLS)}


def large_call(measured: Measured, _turn: Turn) -> Turn:
    """The whole call on a photo of 12 megapixels."""
    return {LARGE: measured.library.analyze(measured.images.large, SLOW_CALLS)}


def finding(measured: Measured, _turn: Turn) -> Turn:
    """The networks that find and refine the face of the photo, without what is around them."""
    return {FINDING: measured.library.find(measured.images.photo, CALLS)}


def verdicts(measured: Measured, _turn: Turn) -> Turn:
    """That photo as the file of a form, a closed loop of 8 connections: throughput, a verdict's cost."""
    load = measured.load(measured.upload(measured.images.photo), CONNECTIONS)
    told = len(load.answers)
    assert load.verdicts == told
    return {THROUGHPUT: told / load.seconds, VERDICT: load.server_ms / told, WORKERS: load.workers_ms / told}


def invalid(measured: Measured, _turn: Turn) -> Turn:
    """Processor time of the server's own process for a request that is refused for what its body holds."""
    request = measured.upload(measured.images.photo).replace(b'"imageFile"', b'"otherFile"')
    load = measured.load(request, CONNECTIONS)
    assert all(answer.status == 200 and not answer.is_success for answer in load.answers)
    return {INVALID: load.server_ms / len(load.answers)}


def overload(measured: Measured, turn: Turn) -> Turn:
    """The same for one that finds no place, of 64 connections: what the verdicts among them cost is taken
    off. And the most memory that server and workers hold meanwhile, each page counted once."""
    watch = Watch(measured.serving.pid)
    watch.start()
    load = measured.load(measured.upload(measured.images.photo), OVERLOAD)
    watch.stop()
    refused = sum(answer.status == 503 for answer in load.answers)
    assert load.verdicts + refused == len(load.answers)
    return {
        REFUSED: (load.server_ms - load.verdicts * turn[VERDICT]) / refused,
        MEMORY: max(one.megabytes for one in watch.samples),
    }


def crowd(measured: Measured, _turn: Turn) -> Turn:
    """An image of 20 faces, one request at a time: the median of what a caller waits."""
    request = measured.upload(measured.images.crowd)
    return {CROWD: uvloop.run(_one_by_one(measured.serving.address, request, SLOW_CALLS))}


def start(measured: Measured, _turn: Turn) -> Turn:
    """The start of the server of this turn, with its files cached."""
    return {START: measured.serving.seconds}


def in_pairs(
    sides: Sequence[Side], measures: Sequence[Measure], pairs: int, seconds: float, folder: Path
) -> dict[str, list[Turn]]:
    """The figures of each side, by its name; one pair more, which warms up, does not count.

    Sides take turns measure by measure, with servers that are started for the pair, the other one first each
    time, so that whatever else changes on the machine falls on both.
    """
    images = Images.made_in(folder)
    keys = {side.name: side.prepare() for side in sides}
    turns: dict[str, list[Turn]] = {side.name: [] for side in sides}
    with ExitStack() as stack:
        libraries = {side.name: stack.enter_context(side.library()) for side in sides}
        for number in range(pairs + 1):
            order = sides if number % 2 else list(reversed(sides))
            with ExitStack() as servers:
                measured = {
                    side.name: Measured(
                        libraries[side.name],
                        servers.enter_context(side.serving()),
                        keys[side.name],
                        images,
                        seconds,
                    )
                    for side in order
                }
                found = _turns(measured, measures)
            for name in found if number else ():
                turns[name].append(found[name])
    return turns


def _turns(measured: Mapping[str, Measured], measures: Iterable[Measure]) -> dict[str, Turn]:
    order, turns = list(measured), {name: Turn() for name in measured}
    for measure in measures:
        for name in order:
            turns[name] |= measure(measured[name], turns[name])
        order.reverse()
    return turns


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


async def _one_by_one(address: tuple[str, int], request: bytes, requests: int) -> float:
    connection, taken = Connection(address), []
    for _ in range(requests):
        begun = time.perf_counter()
        assert (await connection.ask(request)).is_success
        taken.append(time.perf_counter() - begun)
    await connection.close()
    return statistics.median(taken) * 1000


def _processor_ms(pids: Iterable[int]) -> float:
    """Of all their threads, those that have ended too, but not of their children; 0 of one that ended."""
    return sum(_ticks(pid) for pid in pids) * 1000 / TICKS_A_SECOND


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])
