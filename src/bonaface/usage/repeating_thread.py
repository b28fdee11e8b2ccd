"""A thread that does something when started and every few seconds, beside everything else."""

import threading
from collections.abc import Callable

STOP_SECONDS = 3.0


class RepeatingThread:
    """Has `work` done every `every` seconds; it raises nothing, and returns soon where `is_stopped`.

    at_end: is called by the thread when it ends.
    """

    def __init__(
        self, name: str, work: Callable[[], object], every: float, at_end: Callable[[], object] = lambda: None
    ) -> None:
        self._name = name
        self._work = work
        self._every = every
        self._at_end = at_end
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether it was asked to end."""
        return self._stopped.is_set()

    @property
    def is_alive(self) -> bool:
        """Whether it has begun and not ended."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin."""
        # a daemon: a database that never answers must not keep the process from ending
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after what it is at, which is waited for 3 seconds. Does nothing if it never began."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while not self.is_stopped:
            self._work()
            self._stopped.wait(self._every)
        self._at_end()
