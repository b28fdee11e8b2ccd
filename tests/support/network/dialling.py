"""What this process really dials."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def recorded_connects() -> Iterator[list[object]]:
    """The address of every connection that asyncio (not uvloop) or a thread tries to open in the block.

    The connections are made all the same.
    """
    recorder: list[object] = []
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def recording_connect(self: socket.socket, address: tuple[str, int]) -> None:
        recorder.append(address)
        connect(self, address)

    def recording_connect_ex(self: socket.socket, address: tuple[str, int]) -> int:
        recorder.append(address)
        return connect_ex(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", recording_connect)
        patch.setattr(socket.socket, "connect_ex", recording_connect_ex)
        yield recorder
