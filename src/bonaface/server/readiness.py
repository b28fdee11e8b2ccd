"""Whether all server processes are ready: a byte of memory that the supervisor writes and all of them read.

So each tells the readiness of the whole without asking anybody.
"""

import mmap
import os
from collections.abc import Callable
from types import TracebackType
from typing import Self

SIZE = 1
YES, NO = 1, 0


class ReadyFlag:
    """The supervisor's side; `descriptor` is for the other processes. Close it at the end. Linux."""

    def __init__(self) -> None:
        self.descriptor = os.memfd_create("ready")
        os.ftruncate(self.descriptor, SIZE)
        self._memory = mmap.mmap(self.descriptor, SIZE)

    @property
    def is_set(self) -> bool:
        """What it tells now."""
        return self._memory[0] == YES

    def set(self, *, is_ready: bool) -> None:
        """Tell it from now on."""
        self._memory[0] = YES if is_ready else NO

    def close(self) -> None:
        """Let go of it."""
        self._memory.close()
        os.close(self.descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def reader(descriptor: int) -> Callable[[], bool]:
    """Tells what the flag says now; takes the descriptor over."""
    memory = mmap.mmap(descriptor, SIZE, access=mmap.ACCESS_READ)
    os.close(descriptor)
    return lambda: memory[0] == YES
