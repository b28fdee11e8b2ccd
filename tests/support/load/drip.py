"""Clients that send their bodies a few bytes at a time, and what they get for it."""

import selectors
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from support.http.wire import RawAnswer, Wire

BYTES, SECONDS = 24, 1.0
"""What each sends at a time, and how often."""
LONGEST = 60.0


@dataclass
class Dripping:
    """One body that comes slowly: how long it took to an answer, and what that was."""

    connection: socket.socket
    body: bytes
    begun: float = field(default_factory=time.monotonic)
    sent: int = 0
    answer: RawAnswer | None = None
    seconds: float = 0.0
    is_closed: bool = False

    def drip(self, size: int) -> None:
        """Send a little more. A server that has closed takes nothing, which is no fault."""
        with suppress(OSError):
            self.connection.sendall(self.body[self.sent : self.sent + size])
        self.sent += size

    def take_answer(self) -> None:
        """Read the answer that is there, and whether the server closes behind it."""
        wire = Wire(self.connection)
        self.answer, self.seconds = wire.read(), time.monotonic() - self.begun
        self.is_closed = wire.is_closed()


class Crowd:
    """Many of them at once, each with `head` before its body; they drip until the block ends."""

    def __init__(self, address: tuple[str, int], head: bytes, body: bytes, number: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="crowd")
        self.members = [self._begun(address, head, body) for _ in range(number)]

    @property
    def statuses(self) -> Sequence[int]:
        """Of the answers so far."""
        return [member.answer.status for member in self.members if member.answer is not None]

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(LONGEST)
        for member in self.members:
            member.connection.close()

    def _begun(self, address: tuple[str, int], head: bytes, body: bytes) -> Dripping:
        connection = socket.create_connection(address, timeout=LONGEST)
        member = Dripping(connection, body)
        self._selector.register(connection, selectors.EVENT_READ, member)
        connection.sendall(head)
        return member

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stopped.is_set():
            if time.monotonic() >= due:
                due += SECONDS
                for member in self.members:
                    member.drip(BYTES)
            for key, _ in self._selector.select(0.05):
                self._selector.unregister(key.fileobj)
                threading.Thread(target=key.data.take_answer, daemon=True).start()


@contextmanager
def crowded(address: tuple[str, int], head: bytes, body: bytes, number: int) -> Iterator[Crowd]:
    """`number` of them while the block runs."""
    crowd = Crowd(address, head, body, number)
    crowd.start()
    try:
        yield crowd
    finally:
        crowd.stop()
