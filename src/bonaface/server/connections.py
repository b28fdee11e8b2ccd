"""How many connections there are at once, and which one goes where another comes."""

import time
from typing import Protocol

import structlog

LOG_SECONDS = 60.0
"""Between two lines of the log about connections that found no place."""

log = structlog.get_logger(__name__)


class Idle(Protocol):
    """A connection that was answered and has said nothing since."""

    def give_way(self) -> None:
        """Close, for another one."""


class Connections:
    """Places for `most` connections. The one that is idle for the longest gives way to a new one."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._idle: dict[Idle, None] = {}
        self._logged = float("-inf")

    def add_idle(self, connection: Idle) -> None:
        """`connection` may be closed from now on."""
        self._idle[connection] = None

    def remove_idle(self, connection: Idle) -> None:
        """`connection` is not idle any more, or is lost."""
        self._idle.pop(connection, None)

    def has_place(self, number: int) -> bool:
        """Whether the newest of so many connections may stay; an idle one is closed for it if need be."""
        if number <= self.most:
            return True
        oldest = next(iter(self._idle), None)
        if oldest is None:
            self._tell()
            return False
        self.remove_idle(oldest)
        oldest.give_way()
        return True

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._logged >= LOG_SECONDS:
            self._logged = now
            log.warning("connections.full", most=self.most)
