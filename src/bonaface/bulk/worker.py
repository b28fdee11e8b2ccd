"""A process that judges items, and what the job knows of it.

Over a pipe come items and go their rows, in the same order, a few items ahead: their bytes are read by
threads while the one before is judged. It ends when the other end is closed, whatever it is at.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue

from bonaface.bulk.columns import Row
from bonaface.bulk.item import Item
from bonaface.bulk.work import Work
from bonaface.errors import ModelError

AHEAD = 4
"""Items that a worker has: one that it is at, and others that are being read."""

Waiting = SimpleQueue[tuple[Item, "Future[Sequence[bytes]]"]]


class WorkerLostError(Exception):
    """The process has ended, and not because it was asked to."""


class Worker:
    """The process. waiting: items that it has, the one that it is at first."""

    def __init__(self, work: Work) -> None:
        """Begins it. Raises OSError where there can be no process."""
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, work), daemon=True)
        self._process.start()
        theirs.close()
        self.waiting: deque[Item] = deque()
        self._began = time.monotonic()
        self._is_loaded = False
        self._limits = work.settings.serving

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid or 0

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.is_alive()

    @property
    def is_loaded(self) -> bool:
        """Whether it has told that its models are loaded."""
        return self._is_loaded

    @property
    def has_room(self) -> bool:
        return len(self.waiting) < AHEAD

    @property
    def is_stuck(self) -> bool:
        """Whether it has been at its first item for longer than an analysis may take.

        Raises ModelError where its models take longer than they may.
        """
        seconds, limits = time.monotonic() - self._began, self._limits
        if not self._is_loaded and seconds > limits.load_timeout:
            raise ModelError("A process takes longer than serving.load_timeout to load its models.")
        return self._is_loaded and bool(self.waiting) and seconds > limits.stuck_after

    def give(self, item: Item) -> None:
        """One more item, when there is room."""
        if self._is_loaded and not self.waiting:
            self._began = time.monotonic()
        self.waiting.append(item)
        with suppress(OSError):  # it is lost, which `result` tells
            self.connection.send(item)

    def result(self) -> list[Row] | None:
        """What it has sent: the rows of its first item; None for the news that its models are loaded.

        Raises WorkerLostError, or what loading them raised.
        """
        try:
            told: list[Row] | Exception | None = self.connection.recv()
        except (EOFError, OSError) as error:
            self.end()
            raise WorkerLostError(f"exit status {self._process.exitcode}") from error
        if isinstance(told, Exception):
            raise told
        self._is_loaded, self._began = True, time.monotonic()
        return told

    def end(self) -> None:
        """At once."""
        self._process.kill()
        self._process.join()
        self.connection.close()


def serve(connection: Connection, work: Work) -> None:
    """What runs in the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the job is told, and ends this
    waiting: Waiting = SimpleQueue()
    threading.Thread(target=_take, args=(connection, work, waiting), daemon=True).start()
    from bonaface.bulk.judge import Judge  # the other end needs none of the libraries of images

    try:
        judge = Judge(work)
    except Exception as error:  # noqa: BLE001 - raised again at the other end
        connection.send(error)
        return
    connection.send(None)
    while True:
        item, contents = waiting.get()
        connection.send(judge.rows(item, contents.result))


def _take(connection: Connection, work: Work, waiting: Waiting) -> None:
    """Take items until the other end is closed, and have their bytes read."""
    from bonaface.bulk.judge import contents_of

    with ThreadPoolExecutor(AHEAD) as readers:
        while True:
            try:
                item: Item = connection.recv()
            except (EOFError, OSError):
                os._exit(0)
            waiting.put((item, readers.submit(contents_of, item, work)))
