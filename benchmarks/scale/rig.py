"""What is measured and broken: replicas within a share of a core each, behind nginx, on one PostgreSQL."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from benchmarks.memory import descendants_of
from bonaface.settings import StorageSettings
from support.machine import cgroups
from support.pictures import images
from support.replicas.balancer import Balancer, balancing
from support.replicas.fleet import Fleet
from support.servers.served import Served
from support.storage.postgres import PostgresServer, running_postgres

CORES = 0.15
PLACES = 24
"""Replicas that there are in all, those that take the place of others included."""
SMALL = images.png(80, 80)
"""The smallest image that is taken."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Rig:
    """Its parts, and cgroups that no replica is in yet."""

    database: PostgresServer
    fleet: Fleet
    front: Balancer
    places: list[list[Path]] = field(default_factory=list)

    def start(self, ahead: timedelta = timedelta(0)) -> Served:
        """One more replica. It loads its models with what the machine has, and is held to its share then."""
        replica = self.fleet.start(ahead)
        self.hold(replica)
        return replica

    def hold(self, replica: Served) -> None:
        """To its share from now on."""
        if self.places:
            pid = replica.process.pid
            cgroups.join(self.places.pop(), [pid, *descendants_of(pid)])

    def send_to(self, number: int | None = None) -> Served:
        """Have nginx send to the first so many, or all; the replica as callers see it then."""
        self.front.send_to(*self.fleet.ports[:number])
        return self.fleet.behind(self.front.address)


@contextmanager
def rig(
    folder: Path, models: Path, *, cores: float | None = CORES, **sections: Mapping[str, object]
) -> Iterator[Rig]:
    """A rig with one replica until the end of the block. `cores`: what each replica may use; None is all."""
    with ExitStack() as stack:
        database = stack.enter_context(running_postgres())
        places = [
            list(stack.enter_context(cgroups.limited(cores=cores))) for _ in range(PLACES if cores else 0)
        ]
        for place in places:
            cgroups.favour(place)
        storage = StorageSettings(directory=folder, url=database.create())
        fleet = stack.enter_context(Fleet(folder, models, storage, **sections))
        first = fleet.start()
        front = stack.enter_context(balancing(folder / "nginx", first.address[1]))
        made = Rig(database, fleet, front, places)
        made.hold(first)
        yield made


def processor_seconds(pid: int) -> float:
    """Processor time of a process and of those that it began, ended ones included, so far."""
    return sum(map(_seconds_of, (pid, *descendants_of(pid))))


def _seconds_of(pid: int) -> float:
    """With that of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended meanwhile: its parent has it
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS
