"""One thing that is done after a while, unless it is put off or called off."""

import asyncio
from collections.abc import Callable


class Timer:
    """Not running at first. Belongs to the thread of `loop`."""

    __slots__ = ("_handle", "_loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._handle: asyncio.TimerHandle | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was started, and not cancelled since."""
        return self._handle is not None

    def start(self, seconds: float, then: Callable[[], object]) -> None:
        """Call `then` in so many seconds, and nothing that an earlier start was to call."""
        self.cancel()
        self._handle = self._loop.call_later(seconds, then)

    def cancel(self) -> None:
        """Call nothing, and keep nothing of what was to be called."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
