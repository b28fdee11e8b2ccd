"""Replicas, callers and the ledger's rows in one PostgreSQL, event by event (SimPy).

A replica has lanes, each of which judges one image after the other; its ledger commits what has gathered, one
batch after the other, and each commit holds rows that the ledgers of all replicas add to. Nothing is
fitted: what goes in are processor time a verdict and the seconds that a commit holds the rows, both measured.
"""

import random
from collections.abc import Generator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import simpy

Steps = Generator[simpy.Event, Any, None]

LATE_SECONDS = 1.0
"""As `bonaface.usage.commit_queue`: a commit that takes longer goes to the journal, or is refused."""
BATCH_WAIT = 0.002
SHARE, MOST = 1 / 20, 10
"""As `bonaface.usage.batch_delay`: a twentieth of what a reply took, 1 to 10 times the wait."""


@dataclass(frozen=True, slots=True)
class Replicas:
    """So many, each with processor time of `cores` for its `lanes`; seconds of it that a verdict costs."""

    number: int
    cores: float
    lanes: int
    verdict: float
    commit: float
    """Seconds that a commit holds the rows that all add to."""

    @property
    def service(self) -> float:
        """Seconds that a lane takes for a verdict."""
        return self.verdict * self.lanes / self.cores


@dataclass
class Seen:
    """What came of it: seconds of each verdict and of each commit, and the size of each batch."""

    verdicts: list[float] = field(default_factory=list)
    commits: list[float] = field(default_factory=list)
    batches: list[float] = field(default_factory=list)


class Simulation:
    """`replicas` on one database. Seconds before `warm` do not count."""

    def __init__(self, replicas: Replicas, warm: float = 1.0, seed: int = 1) -> None:
        self._replicas = replicas
        self._warm = warm
        self._random = random.Random(seed)  # noqa: S311 - a draw that can be made again
        self._world = simpy.Environment()
        self._rows = simpy.Resource(self._world)
        self._lanes = [simpy.Resource(self._world, replicas.lanes) for _ in range(replicas.number)]
        self._waiting: list[list[tuple[float, simpy.Event]]] = [[] for _ in range(replicas.number)]
        self._first = [self._world.event() for _ in range(replicas.number)]
        self._turns = cycle(range(replicas.number))
        self.seen = Seen()

    def closed(self, connections: int, seconds: float) -> float:
        """Verdicts a second where so many callers send the next image when they have an answer."""
        for place in range(self._replicas.number):
            self._world.process(self._ledger(place))
        for _ in range(connections):
            self._world.process(self._caller())
        self._world.run(until=self._warm + seconds)
        return len(self.seen.verdicts) / seconds

    def commits(self, per_second: float, seconds: float) -> Seen:
        """Commits where so many replies a second come to all replicas together, in a steady stream."""
        for _ in range(self._replicas.number):
            self._world.process(self._stream(per_second / self._replicas.number))
        self._world.run(until=self._warm + seconds)
        return self.seen

    def _caller(self) -> Steps:
        yield self._world.timeout(self._random.random() * self._replicas.service)
        while True:
            begun = self._world.now
            place = next(self._turns)
            with self._lanes[place].request() as lane:
                yield lane
                yield self._world.timeout(self._replicas.service)
            yield self._counted(place, begun)
            if begun >= self._warm:
                self.seen.verdicts.append(self._world.now - begun)

    def _stream(self, per_second: float) -> Steps:
        taken = self._random.expovariate(per_second)
        yield self._world.timeout(taken)
        while True:
            if (self._world.now - taken) * per_second < 1:
                yield self._world.timeout(self._random.expovariate(per_second))
            yield self._world.timeout(BATCH_WAIT)
            replies, taken = (self._world.now - taken) * per_second, self._world.now
            yield from self._commit(max(replies, 1.0))

    def _counted(self, place: int, begun: float) -> simpy.Event:
        """What happens when a reply is counted that began then."""
        counted = self._world.event()
        self._waiting[place].append((begun, counted))
        if not self._first[place].triggered:
            self._first[place].succeed()
        return counted

    def _ledger(self, place: int) -> Steps:
        while True:
            yield self._first[place]
            took = self._world.now - self._waiting[place][0][0]
            yield self._world.timeout(min(max(took * SHARE, BATCH_WAIT), MOST * BATCH_WAIT))
            batch, self._waiting[place] = self._waiting[place], []
            self._first[place] = self._world.event()
            yield from self._commit(len(batch))
            for _, counted in batch:
                counted.succeed()

    def _commit(self, replies: float) -> Steps:
        given = self._world.now
        with self._rows.request() as rows:
            yield rows
            yield self._world.timeout(self._replicas.commit)
        self._note(given, replies)

    def _note(self, given: float, replies: float) -> None:
        if self._world.now >= self._warm:
            self.seen.commits.append(self._world.now - given)
            self.seen.batches.append(replies)
