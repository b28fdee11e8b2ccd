"""Clients that ask again and again, and what they got.

A request counts as sent before its first byte, a reply as received after its last. So of every server that
counts its replies before they leave: received <= counted <= sent.
"""

import socket
import threading
import time
from collections import Counter
from types import TracebackType
from typing import Self

from support.http.wire import RawAnswer, Wire
from support.servers.served import Served
from support.waiting import wait_until

SECONDS = 60


class Clients:
    """`connections` clients that send `image` on connections that live as long as the server lets them.

    Without `keeping` each request has a connection of its own: none can be closed between two.
    """

    def __init__(self, served: Served, image: bytes, connections: int = 8, *, keeping: bool = True) -> None:
        self._keeping = keeping
        self._address = served.address
        self._request = served.request(image)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(connections)]
        self.sent = 0
        self.received: Counter[str] = Counter()
        self.answers: list[RawAnswer] = []
        self.refused = 0
        self.unanswered = 0
        self.cut = 0

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        try:
            wait_until(lambda: bool(self.received))
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Send nothing more and wait for what was sent."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(SECONDS)

    def assert_counted(self, counted: Counter[str]) -> None:
        """Every reply that was received is in the ledger, and nothing that was not asked for."""
        for outcome, number in self.received.items():
            assert counted[outcome] >= number, (outcome, self.received, counted)
        assert self.received.total() <= counted.total() <= self.sent

    def _ask(self) -> None:
        while not self._stopped.is_set():
            try:
                with socket.create_connection(self._address, timeout=SECONDS) as connection:
                    self._ask_on(Wire(connection))
            except ConnectionRefusedError:
                self._note("refused")
                time.sleep(0.01)
            except OSError:
                self._note("unanswered")

    def _ask_on(self, wire: Wire) -> None:
        try:
            while not self._stopped.is_set() and self._exchange(wire) and self._keeping:
                pass
        finally:
            wire.close()

    def _exchange(self, wire: Wire) -> bool:
        """One request; whether the connection lives on."""
        self._note("sent")
        wire.send(self._request)
        try:
            answer = wire.read()
        except IndexError:  # closed before the first byte of a reply
            self._note("unanswered")
            return False
        if len(answer.body) != int(answer.headers.get("content-length", -1)):
            self._note("cut")
            return False
        with self._lock:
            self.received[outcome_of(answer)] += 1
            self.answers.append(answer)
        return answer.headers.get("connection") != "close"

    def _note(self, what: str) -> None:
        with self._lock:
            setattr(self, what, getattr(self, what) + 1)


def outcome_of(answer: RawAnswer) -> str:
    """What the ledger calls the reply."""
    if answer.status in (429, 503):
        return "refused_rate" if answer.status == 429 else "refused_overload"
    if answer.code:
        return str(answer.code)
    return "faces" if answer.json["data"]["faceDetailCount"] else "no_face"
