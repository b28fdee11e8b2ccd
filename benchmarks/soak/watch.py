"""What a process holds, read from /proc once a second: memory, descriptors, threads, and its CPU time."""

import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.memory import children_of, memory_of

EVERY = 1.0


@dataclass(frozen=True, slots=True)
class Sample:
    """Seconds since the watch began, resident megabytes, open descriptors, threads, CPU seconds so far.

    Memory is that of its worker processes too, each page counted once.
    """

    at: float
    megabytes: float
    descriptors: int
    threads: int
    cpu: float


@dataclass
class Watch:
    """Samples of process `pid`, taken by a thread between `start` and `stop`."""

    pid: int
    samples: list[Sample] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch")

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more samples."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        begun = time.monotonic()
        while not self._stopped.is_set():
            self.samples.append(sample(self.pid, time.monotonic() - begun))
            self._stopped.wait(EVERY)


def sample(pid: int, at: float) -> Sample:
    """What process `pid` holds now; `at` is noted with it."""
    folder = Path("/proc") / str(pid)
    lines = (line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    status = {name: value.strip() for name, value in lines}
    times = (folder / "stat").read_text().rsplit(") ", 1)[1].split()
    ticks = int(times[11]) + int(times[12])  # utime and stime, proc(5)
    return Sample(
        at=at,
        megabytes=_megabytes(pid, status["VmRSS"]),
        descriptors=len(os.listdir(folder / "fd")),  # noqa: PTH208 - names are enough, and one may vanish
        threads=int(status["Threads"]),
        cpu=ticks / os.sysconf("SC_CLK_TCK"),
    )


def _megabytes(pid: int, resident: str) -> float:
    return sum(memory_of(pid)) if children_of(pid) else int(resident.split()[0]) / 1024
