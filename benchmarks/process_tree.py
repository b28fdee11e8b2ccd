"""What a process and all that it began hold and use, looked at again and again while it runs."""

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.memory import descendants_of, memory_of

TICKS = os.sysconf("SC_CLK_TCK")
PAUSE = 0.5
"""Seconds between two looks."""


class ProcessTree:
    """Looks while the block runs. peak: megabytes (proportional set size) of all together, the most."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._seconds: dict[int, float] = {}
        self.peak = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()

    @property
    def processor_seconds(self) -> float:
        """Of all processes that were seen, those that have ended included; low by a look each at most."""
        return sum(self._seconds.values())

    def _watch(self) -> None:
        while not self._is_over.wait(PAUSE):
            self.peak = max(self.peak, sum(memory_of(self._pid)))
            for pid in (self._pid, *descendants_of(self._pid)):
                self._seconds[pid] = max(_used(pid), self._seconds.get(pid, 0.0))


def _used(pid: int) -> float:
    """Processor seconds of a process; 0 of one that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS
