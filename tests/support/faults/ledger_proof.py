"""Load on a real server process that is killed at a random moment, and what its ledger holds after.

The client counts a request before it sends the first byte of it, and a reply after it has read the last byte.
So whatever the moment, of every caller: replies received <= replies counted <= requests sent; and of every
outcome: replies received <= replies counted.
"""

import random
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from bonaface.accounts.application import Quota
from bonaface.accounts.repository import ApplicationRepository
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from bonaface.usage.types import UNKNOWN_CALLER
from support.http.wire import RawAnswer, Wire, form, head
from support.pictures import images
from support.servers.served import Keys, Served, serving
from support.storage.accounts import ACTOR
from support.storage.counts import counted, tables_agree

SECONDS = 60
LONGEST = 1.5
"""Seconds between the first reply and the kill, at most."""
SMALL = images.png(80, 80)


@dataclass(frozen=True)
class Kind:
    """One kind of request, sent by `connections` clients again and again."""

    name: str
    application_id: int
    request: bytes
    connections: int


@dataclass
class Tally:
    """What one kind of request came to. For one thread."""

    kind: Kind
    sent: int = 0
    received: Counter[str] = field(default_factory=Counter)


@dataclass
class Count:
    """What was sent, received, and counted for one caller in one round, by outcome."""

    sent: int = 0
    received: Counter[str] = field(default_factory=Counter)
    counted: Counter[str] = field(default_factory=Counter)

    @property
    def holds(self) -> bool:
        """Whether every reply is counted, and nothing that was not asked for."""
        each = all(self.counted[outcome] >= number for outcome, number in self.received.items())
        return each and self.received.total() <= self.counted.total() <= self.sent


@dataclass
class Round:
    """One server process from its start to its kill."""

    seconds: float
    counts: dict[int, Count]
    tables_agree: bool

    @property
    def holds(self) -> bool:
        """Whether no reply that was received is missing, and none is counted that was not asked for."""
        return self.tables_agree and all(count.holds for count in self.counts.values())

    def total(self, name: str) -> int:
        """`sent`, `received` or `counted` of all callers."""
        values = [getattr(count, name) for count in self.counts.values()]
        return sum(value if isinstance(value, int) else value.total() for value in values)


class Proof:
    """Rounds of load and kill over one database, which is made and filled with two applications."""

    def __init__(self, storage: StorageSettings, models: Path, seed: int = 0) -> None:
        self._storage = storage
        self._models = models
        self._random = random.Random(seed)
        self._kinds, self._keys = _prepare(storage)

    def rounds(self, number: int) -> Iterator[Round]:
        """Start; then load, kill, start again, and compare, `number` times."""
        with ExitStack() as running:
            server = running.enter_context(self._served())
            for _ in range(number):
                before = counted(self._storage)
                seconds = self._random.uniform(0, LONGEST)
                tallies = _load_and_kill(server, self._kinds, seconds)
                running.pop_all().close()
                server = running.enter_context(self._served())
                compared = _compare(tallies, before, counted(self._storage))
                yield Round(seconds, compared, tables_agree(self._storage))

    def _served(self) -> AbstractContextManager[Served]:
        folder, log = self._storage.directory, {"level": "error"}
        return serving(folder, self._models, storage=self._storage, keys=self._keys, log=log)


def _prepare(storage: StorageSettings) -> tuple[list[Kind], Keys]:
    """Two applications, and every kind of request: served, of a wrong shape, too fast, with wrong keys."""
    content_type, body = form(("imageFile", "a.png", SMALL))
    with Database(storage) as database:
        database.migrate()
        applications = ApplicationRepository(database)
        shop, _, secret = applications.create_application("shop", actor=ACTOR)
        fast, _, fast_secret = applications.create_application("fast", quota=Quota(rate=1), actor=ACTOR)
    image = (f"Content-Type: {content_type}", f"Content-Length: {len(body)}")
    shape = ("Content-Type: application/json", "Content-Length: 2")

    def request(app_key: str, given: str, lines: tuple[str, ...], content: bytes) -> bytes:
        return head(f"/v1.0/appkeys/{app_key}/spoofing", f"Authorization: {given}", *lines) + content

    kinds = [
        Kind("served", shop.id, request(shop.app_key, secret, image, body), 8),
        Kind("wrong shape", shop.id, request(shop.app_key, secret, shape, b"{}"), 8),
        Kind("too fast", fast.id, request(fast.app_key, fast_secret, shape, b"{}"), 4),
        Kind("wrong keys", UNKNOWN_CALLER, request(shop.app_key, "wrong", shape, b"{}"), 4),
    ]
    return kinds, Keys(shop.id, shop.app_key, secret)


def _load_and_kill(server: Served, kinds: list[Kind], seconds: float) -> list[Tally]:
    tallies = [Tally(kind) for kind in kinds for _ in range(kind.connections)]
    stopped = threading.Event()
    threads = [threading.Thread(target=_ask, args=(server.address, tally, stopped)) for tally in tallies]
    for thread in threads:
        thread.start()
    _wait_for_a_reply(tallies)
    time.sleep(seconds)
    server.send(signal.SIGKILL)
    server.wait(SECONDS)
    stopped.set()
    for thread in threads:
        thread.join(SECONDS)
    return tallies


def _wait_for_a_reply(tallies: list[Tally]) -> None:
    ends = time.monotonic() + SECONDS
    while not any(tally.received for tally in tallies):
        assert time.monotonic() < ends, "the server does not answer"
        time.sleep(0.001)


def _ask(address: tuple[str, int], tally: Tally, stopped: threading.Event) -> None:
    """Send again and again, on connections that live as long as the server lets them."""
    while not stopped.is_set():
        try:
            with socket.create_connection(address, timeout=SECONDS) as connection:
                _ask_on(Wire(connection), tally)
        except (OSError, ValueError, IndexError):  # cut off, in the midst of a reply or between two
            continue


def _ask_on(wire: Wire, tally: Tally) -> None:
    while True:
        tally.sent += 1
        wire.send(tally.kind.request)
        answer = wire.read()
        if len(answer.body) != int(answer.headers["content-length"]):
            raise ValueError("the reply was cut off")
        tally.received[outcome_of(answer)] += 1
        if answer.headers.get("connection") == "close":
            return


def outcome_of(answer: RawAnswer) -> str:
    """The outcome of a reply of the v1.0 route as the ledger names it."""
    if answer.status in (429, 503):
        return "refused_rate" if answer.status == 429 else "refused_overload"
    told = orjson.loads(answer.body)
    if told["header"]["resultCode"]:
        return str(told["header"]["resultCode"])
    return "faces" if told["data"]["faceDetailCount"] else "no_face"


def _compare(
    tallies: list[Tally], before: dict[int, Counter[str]], after: dict[int, Counter[str]]
) -> dict[int, Count]:
    counts: dict[int, Count] = {}
    for tally in tallies:
        count = counts.setdefault(tally.kind.application_id, Count())
        count.sent += tally.sent
        count.received += tally.received
    for application in after:
        count = counts.setdefault(application, Count())
        count.counted = after[application] - before.get(application, Counter())
    return counts
