"""How a server stops: it says so, takes nothing more, finishes what it has, and ends in time.

uvicorn alone would cut off what the grace leaves undone, wait without a limit for its services to close, and
die of the signal that it has obeyed.
"""

import asyncio
import signal
import socket
import time
from types import FrameType
from typing import TYPE_CHECKING

import structlog
import uvicorn

from bonaface.serving.deadline import Deadline

if TYPE_CHECKING:
    from bonaface.api.services import Services

LOOK_SECONDS = 0.02
CUT_SECONDS = 2.0
"""For the answers to those who waited when the grace was over."""
CLOSE_SECONDS = 5.0
"""For the services to close. They close in milliseconds unless something hangs."""

log = structlog.get_logger(__name__)


class StoppingServer(uvicorn.Server):
    """A server that ends within `shutdown_grace` and 7 seconds of its stop, whatever hangs.

    SIGTERM, SIGINT or SIGHUP begins the stop; a second SIGINT ends the wait for replies in flight, a second
    one of the others changes nothing: process managers repeat SIGTERM.
    """

    def __init__(self, config: uvicorn.Config, services: "Services") -> None:
        super().__init__(config)
        self._settings = services.settings.server
        self._drain = services.drain
        self._asked: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called by the signal, in the midst of anything: it must not log nor wait."""
        if self._asked is None:
            self._asked = time.monotonic()
            self._drain.begin()
        elif sig == signal.SIGINT:
            self.should_exit = self.force_exit = True

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop now: `drain_delay` after the signal."""
        return await super().on_tick(counter) or self._is_due()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop. Every reply in flight is sent; what takes longer than the grace is answered with 503."""
        begun = time.monotonic()
        self._drain.begin()
        self._take_no_more(sockets or [])
        log.info("server.stopping", in_flight=len(self.server_state.tasks))
        await self._finish(Deadline.after(self._settings.shutdown_grace))
        cut = await self._cut()
        closed = await self._close()
        log.info("server.stopped", seconds=round(time.monotonic() - begun, 2), cut=cut, closed=closed)

    def _is_due(self) -> bool:
        return self._asked is not None and time.monotonic() - self._asked >= self._settings.drain_delay

    def _take_no_more(self, sockets: list[socket.socket]) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()  # closed now if it is idle, else after its reply

    async def _finish(self, grace: Deadline) -> None:
        while self._is_busy() and not self.force_exit and not grace.is_over:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(LOOK_SECONDS)

    def _is_busy(self) -> bool:
        return bool(self.server_state.connections or self.server_state.tasks)

    async def _cut(self) -> int:
        """Have whoever still waits answered, and leave those who do not read; how many that were."""
        tasks = set(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CUT_SECONDS)
            await asyncio.sleep(LOOK_SECONDS)  # their answers leave
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        return len(tasks)

    async def _close(self) -> bool:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.lifespan.shutdown()
        except TimeoutError:
            return False
        return True
