"""Whether a connection is read from, where what was read is not all parsed yet."""

import asyncio

from uvicorn.protocols.http.flow_control import FlowControl


class Flow(FlowControl):
    """Reading stays paused from `hold` to `release`, whoever asks for more."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__(transport)
        self._is_held = False

    def hold(self) -> None:
        """Read no more."""
        self._is_held = True
        self.pause_reading()

    def release(self) -> None:
        """Read again once it is asked for."""
        self._is_held = False

    def resume_reading(self) -> None:
        if not self._is_held:
            super().resume_reading()
