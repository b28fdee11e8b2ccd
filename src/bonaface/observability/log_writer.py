"""Log lines that nobody waits for: a thread writes them, and what it cannot write is dropped and counted.

A pipe whose reader has stopped blocks whoever writes to it. The event loop writes the log: it would stand
still, and the server with it.
"""

import os
import queue
import threading
from types import TracebackType
from typing import Self, TextIO

import structlog

CAPACITY = 10_000
"""Lines that may wait, about 5 MB."""
CLOSE_SECONDS = 1.0

log = structlog.get_logger(__name__)


class LogWriter:
    """A text stream in front of the file descriptor of `stream`; `write` never blocks and never fails.

    For lines: each `write` is one. Thread-safe. Its lines are written out at the end of a `with` block, for
    which that waits a second at most.
    """

    def __init__(self, stream: TextIO, capacity: int = CAPACITY) -> None:
        self._descriptor = stream.fileno()
        # in C, and without a bound of its own: handing a line over is a good part of what a refusal costs
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._capacity = capacity
        self._dropped = 0
        # a daemon: a pipe that nobody reads must not keep the process from ending
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def write(self, text: str) -> int:
        """Hand a line to the thread, or drop it when 10,000 wait."""
        if self._waiting.qsize() < self._capacity:
            self._waiting.put(text.encode("utf-8", "backslashreplace"))
        else:
            self._dropped += 1
        return len(text)

    def flush(self) -> None:
        """Nothing: the thread writes as soon as it can."""

    def isatty(self) -> bool:
        """Never a terminal."""
        return False

    def close(self) -> None:
        """Write what waits; give up after a second."""
        self._waiting.put(None)
        self._thread.join(CLOSE_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        while (line := self._waiting.get()) is not None:
            if self._write(line):
                self._tell_dropped()

    def _write(self, line: bytes) -> bool:
        """Whether all of `line` was written: no reader may be there, or no room on the disk."""
        try:
            while line:
                line = line[os.write(self._descriptor, line) :]
        except OSError:
            self._dropped += 1
            return False
        return True

    def _tell_dropped(self) -> None:
        if dropped := self._dropped:
            self._dropped = 0
            log.warning("log.dropped", lines=dropped)
