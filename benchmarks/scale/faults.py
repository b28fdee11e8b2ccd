"""Replicas killed and replaced under load, and a database that fails over: what callers and ledger say."""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scale.rig import SMALL, Rig
from bonaface.settings import StorageSettings
from support.load.clients import Clients
from support.load.steady import INTERNAL, Load, loaded
from support.replicas.fleet import Fleet
from support.servers.served import Served
from support.storage.counts import counted, tables_agree
from support.storage.postgres import running_postgres
from support.waiting import wait_until

WELL = -40000
CONNECTIONS = 8
BETWEEN = 20
"""Replies between two steps."""


@dataclass(frozen=True, slots=True)
class Killed:
    """Replicas killed under load. `broken`: requests whose caller was told nothing of what became of them."""

    kills: int
    sent: int
    answered: int
    counted: int
    unavailable: int
    broken: int

    @property
    def holds(self) -> bool:
        """Whether each answer is counted, and what is counted beyond them was refused on its way."""
        return self.broken == 0 and self.answered <= self.counted <= self.answered + self.unavailable


def killed(rig: Rig, kills: int) -> Killed:
    """Kill one replica after the other and start another, while clients send through nginx.

    Requests have connections of their own: nginx closes idle ones when it is told of other replicas.
    """
    one, before = rig.send_to(), rig.fleet.replicas[0].counted()
    with Clients(one, SMALL, CONNECTIONS, keeping=False) as clients:
        for _ in range(kills):
            _wait_for_more(clients)
            rig.fleet.kill(rig.fleet.replicas[0])
            _wait_for_more(clients)
            rig.start()
            rig.send_to()
    ledger = one.counted() - before
    assert tables_agree(rig.fleet.storage)
    broken = clients.unanswered + clients.cut + clients.refused
    answered = clients.received["no_face"]
    unavailable = clients.received.total() - answered
    return Killed(kills, clients.sent, answered, ledger["no_face"], unavailable, broken)


@dataclass(frozen=True, slots=True)
class Restarted:
    """All replicas replaced under load."""

    replaced: int
    answered: int
    failed: int
    counted: int


def restarted(rig: Rig) -> Restarted:
    """For each: another is started and ready, then it is told to stop and taken out of nginx.

    Connections as for `killed`.
    """
    one, before = rig.send_to(), rig.fleet.replicas[0].counted()
    olds = list(rig.fleet.replicas)
    with Clients(one, SMALL, CONNECTIONS, keeping=False) as clients:
        for old in olds:
            rig.start()
            old.send(signal.SIGTERM)
            rig.front.send_to(*(port for port in rig.fleet.ports if port != old.address[1]))
            rig.fleet.has_stopped(old)
            _wait_for_more(clients)
    failed = clients.unanswered + clients.cut + clients.refused
    failed += clients.received.total() - clients.received["no_face"]
    ledger = one.counted() - before
    return Restarted(len(olds), clients.received["no_face"], failed, ledger["no_face"])


@dataclass(frozen=True, slots=True)
class FailedOver:
    """The primary lost and the standby promoted, which was done after `until_promoted` seconds.

    `back_after`: seconds from then to the first answer of the last replica of a kind.
    """

    until_promoted: float
    back_after: dict[str, float]
    answered: int
    refused: int
    lost: int


def failed_over(folder: Path, models: Path) -> FailedOver:
    """Two replicas with a journal and two without, all with traffic on them."""
    with ExitStack() as stack:
        primary = stack.enter_context(running_postgres())
        name = primary.create().rpartition("/")[2]
        standby = stack.enter_context(primary.standby())
        storage = StorageSettings(directory=folder, url=primary.url_with(standby, name))
        fleets = [
            stack.enter_context(_pair(folder / kind, models, storage, size)) for kind, size in _KINDS.items()
        ]
        loads = [stack.enter_context(_load_on(replica)) for fleet in fleets for replica in fleet.replicas]
        for load in loads:
            load.wait_for(WELL)
        begun = time.monotonic()
        primary.stop()
        for load in loads:
            load.wait_for(INTERNAL, 1)
        standby.promote()
        promoted = time.monotonic()
        after = dict.fromkeys(_KINDS, 0.0)
        for load, kind in zip(loads, [kind for kind in _KINDS for _ in range(2)], strict=True):
            load.wait_for(WELL, 1)
            after[kind] = max(after[kind], time.monotonic() - promoted)
        for load in loads:
            load.wait_for(WELL)
            load.stop()
        received: Counter[int] = sum((load.received for load in loads), Counter[int]())
        wait_until(lambda: _lost(storage, received) <= 0, 0.2)
        return FailedOver(
            promoted - begun, after, received[WELL], received[INTERNAL], max(_lost(storage, received), 0)
        )


_KINDS = {"journal": 10_000_000, "no journal": 0}


def _lost(storage: StorageSettings, received: Counter[int]) -> int:
    """Answers that the ledger does not hold: what a journal holds comes to it soon."""
    ledger: Counter[str] = sum(counted(storage).values(), Counter[str]())
    return received[WELL] - ledger[str(WELL)]


@contextmanager
def _pair(folder: Path, models: Path, storage: StorageSettings, journal_bytes: int) -> Iterator[Fleet]:
    folder.mkdir(parents=True)
    own = storage.model_copy(update={"journal_bytes": journal_bytes})
    with Fleet(folder, models, own) as fleet:
        for _ in range(2):
            fleet.start()
        yield fleet


@contextmanager
def _load_on(replica: Served) -> Iterator[Load]:
    with loaded(replica.address, replica.keys.app_key, replica.keys.secret) as load:
        yield load


def _wait_for_more(clients: Clients) -> None:
    seen = clients.received["no_face"]
    wait_until(lambda: clients.received["no_face"] >= seen + BETWEEN)
