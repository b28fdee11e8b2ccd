"""Clients that ask again and again, and whether what they received is in the ledger."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bonaface.settings import StorageSettings
from support.http.wire import Wire, head
from support.storage.counts import counted, tables_agree
from support.waiting import wait_until

LONGEST = 30.0
"""Seconds after which a reply has been waited for too long."""
PAUSE = 0.01
INTERNAL = -50000


@dataclass
class _Client:
    """What one thread has sent and received, by code."""

    sent: int = 0
    received: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0


class Load:
    """Requests of a wrong shape with right keys (-40000 when all is well) over some connections.

    A client pauses for `pause` seconds after each reply, or, where it is `paced`, sends one every so often.
    """

    def __init__(
        self,
        address: tuple[str, int],
        app_key: str,
        secret: str,
        connections: int = 4,
        pause: float = 0,
        *,
        paced: bool = False,
    ) -> None:
        self._is_paced = paced
        self.address = address
        self._pause = pause
        self._request = shape_request(app_key, secret)
        self._clients = [_Client() for _ in range(connections)]
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(client,)) for client in self._clients]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(LONGEST)
            assert not thread.is_alive(), "a client still waits for its reply"

    @property
    def sent(self) -> int:
        return sum(client.sent for client in self._clients)

    @property
    def received(self) -> Counter[int]:
        return sum((client.received.copy() for client in self._clients), Counter[int]())

    @property
    def slowest(self) -> float:
        """The longest that a client waited for a reply, in seconds."""
        return max(client.slowest for client in self._clients)

    def wait_for(self, code: int, number: int = 20) -> None:
        """Return when so many more replies of `code` were received from now on."""
        before = self.received[code]
        wait_until(lambda: self.received[code] >= before + number)

    def _run(self, client: _Client) -> None:
        while not self._stopped.is_set():
            try:
                with socket.create_connection(self.address, timeout=LONGEST) as connection:
                    self._ask_on(Wire(connection), client)
            except (OSError, ValueError, IndexError):  # cut off, in the midst of a reply or between two
                time.sleep(0.01)

    def _ask_on(self, wire: Wire, client: _Client) -> None:
        while not self._stopped.is_set():
            client.sent += 1
            begun = time.monotonic()
            wire.send(self._request)
            answer = wire.read()
            if len(answer.body) != int(answer.headers["content-length"]):
                raise ValueError("the reply was cut off")
            client.slowest = max(client.slowest, time.monotonic() - begun)
            client.received[answer.code] += 1
            if answer.headers.get("connection") == "close":
                return
            if self._pause:
                spent = time.monotonic() - begun if self._is_paced else 0.0
                time.sleep(max(self._pause - spent, 0.0))


def shape_request(app_key: str, secret: str) -> bytes:
    """A request of the wrong shape: all of the server but the analysis."""
    lines = (f"Authorization: {secret}", "Content-Type: application/json", "Content-Length: 2")
    return head(f"/v1.0/appkeys/{app_key}/spoofing", *lines) + b"{}"


@contextmanager
def loaded(address: tuple[str, int], app_key: str, secret: str) -> Iterator[Load]:
    """A load that has begun to be answered; it ends with the block.

    It leaves the machine time to be in whatever state the block waits for.
    """
    load = Load(address, app_key, secret, pause=PAUSE)
    load.start()
    try:
        wait_until(lambda: load.received.total() > 0)
        yield load
    finally:
        load.stop()


def assert_nothing_lost(storage: StorageSettings, *loads: Load) -> None:
    """Every reply is counted once: received <= counted <= sent.

    -50000 is left out of the first: it is also what a client gets whose reply could not be counted.
    """
    ledger: Counter[str] = sum(counted(storage).values(), Counter[str]())
    received: Counter[int] = sum((load.received for load in loads), Counter[int]())
    for code, number in received.items():
        assert code == INTERNAL or ledger[str(code)] >= number, (received, ledger)
    assert ledger.total() <= sum(load.sent for load in loads), (received, ledger)
    assert tables_agree(storage)
