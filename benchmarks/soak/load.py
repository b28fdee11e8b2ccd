"""Clients: as many requests as the server answers, or a steady number a second whatever it answers.

At a steady rate the time of a request runs from the moment it was due, so that a server that falls behind
cannot hide it.
"""

import queue
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.soak.mix import Kind
from support.faults.ledger_proof import outcome_of
from support.http.wire import SECONDS, Wire

CLIENTS = 32
IDLE = 2.0
"""Seconds after which a connection is not used again: the server closes it after five."""
VANISHED = "vanished"
BROKEN = "connection broken"


@dataclass(frozen=True, slots=True)
class Reply:
    """When a request was due (seconds since the run began), how long it took, and what came of it."""

    due: float
    seconds: float
    kind: str
    outcome: str
    is_expected: bool


@dataclass
class Tally:
    """What the clients saw. Appending to a list is safe from many threads."""

    replies: list[Reply] = field(default_factory=list)

    @property
    def unexpected(self) -> Counter[tuple[str, str]]:
        """Outcomes that are not the input's own, by kind and outcome."""
        return Counter((reply.kind, reply.outcome) for reply in self.replies if not reply.is_expected)

    @property
    def answered(self) -> Counter[str]:
        """Replies by outcome, as the ledger names it."""
        return Counter(reply.outcome for reply in self.replies if reply.outcome not in (VANISHED, BROKEN))


class Load:
    """Requests of `kinds` in their shares, drawn with `seed`, to one server."""

    def __init__(self, address: tuple[str, int], kinds: Sequence[Kind], seed: int) -> None:
        self._address = address
        self._kinds = kinds
        self._shares = [kind.share for kind in kinds]
        self._random = random.Random(seed)  # noqa: S311 - a draw that can be made again

    def capacity(self, seconds: float, clients: int = 8) -> float:
        """Requests a second that `clients` get answered when each sends the next one at once."""
        tally, due = Tally(), queue.Queue[tuple[float, Kind] | None]()
        begun = time.monotonic()
        threads = self._start(due, tally, begun, clients)
        while time.monotonic() < begun + seconds:
            if due.qsize() < clients:
                due.put((time.monotonic() - begun, self._draw()))
            else:
                time.sleep(0.001)
        _stop(due, threads)
        return len(tally.replies) / (time.monotonic() - begun)

    def steady(self, rate: float, seconds: float) -> Tally:
        """Send `rate` requests a second at random moments (a Poisson stream) for `seconds`."""
        tally, due = Tally(), queue.Queue[tuple[float, Kind] | None]()
        begun, at = time.monotonic(), 0.0
        threads = self._start(due, tally, begun, CLIENTS)
        while (at := at + self._random.expovariate(rate)) < seconds:
            time.sleep(max(0.0, begun + at - time.monotonic()))
            due.put((at, self._draw()))
        _stop(due, threads)
        return tally

    def _draw(self) -> Kind:
        return self._random.choices(self._kinds, self._shares)[0]

    def _start(
        self, due: "queue.Queue[tuple[float, Kind] | None]", tally: Tally, begun: float, clients: int
    ) -> list[threading.Thread]:
        threads = [
            threading.Thread(target=Client(self._address, tally, begun).run, args=(due,))
            for _ in range(clients)
        ]
        for thread in threads:
            thread.start()
        return threads


class Client:
    """Sends one request after the other, on a connection that it keeps while the server does."""

    def __init__(self, address: tuple[str, int], tally: Tally, begun: float) -> None:
        self._address = address
        self._tally = tally
        self._begun = begun
        self._wire: Wire | None = None
        self._used = 0.0

    def run(self, due: "queue.Queue[tuple[float, Kind] | None]") -> None:
        """Until the queue gives None."""
        while (task := due.get()) is not None:
            at, kind = task
            outcome = self._send(kind)
            seconds = time.monotonic() - self._begun - at
            expected = outcome == VANISHED if kind.upto is not None else outcome in kind.outcomes
            self._tally.replies.append(Reply(at, seconds, kind.name, outcome, expected))
        self._close()

    def _send(self, kind: Kind) -> str:
        try:
            wire = self._connection()
            wire.send(kind.request[: kind.upto])
            return self._vanish() if kind.upto is not None else self._read(wire)
        except (OSError, ValueError, IndexError):
            self._close()
            return BROKEN

    def _vanish(self) -> str:
        self._close()
        return VANISHED

    def _read(self, wire: Wire) -> str:
        answer = wire.read()
        self._used = time.monotonic()
        if answer.headers.get("connection") == "close":
            self._close()
        return outcome_of(answer)

    def _connection(self) -> Wire:
        if self._wire is not None and time.monotonic() - self._used > IDLE:
            self._close()
        if self._wire is None:
            self._wire = Wire(socket.create_connection(self._address, timeout=SECONDS))
            self._used = time.monotonic()
        return self._wire

    def _close(self) -> None:
        if self._wire is not None:
            self._wire.close()
        self._wire = None


def _stop(due: "queue.Queue[tuple[float, Kind] | None]", threads: Sequence[threading.Thread]) -> None:
    for _ in threads:
        due.put(None)
    for thread in threads:
        thread.join()
