"""Items judged by processes of this machine. One that crashes or hangs takes no other item with it."""

from collections import deque
from collections.abc import Iterator
from multiprocessing.connection import wait

from bonaface.bulk import rows
from bonaface.bulk.columns import Row
from bonaface.bulk.item import Item
from bonaface.bulk.work import Work
from bonaface.bulk.worker import Worker, WorkerLostError
from bonaface.errors import ModelError

LOOK_SECONDS = 1.0
"""Between two looks for workers that hang."""
ATTEMPTS = 2
"""At an item whose worker was lost: it may have been the machine."""
LOADS = 3
"""Processes in a row that may end while they load, of all together."""
LOADING = "{times} processes in a row ended while they loaded their models ({how})."
LOST = "The process that judged this image ended, or did not answer in time; twice."

Judged = tuple[Item, list[Row]]


class ProcessPool:
    """`workers` processes, each with the models loaded once."""

    def __init__(self, work: Work, workers: int) -> None:
        self._work = work
        self._workers = [Worker(work) for _ in range(workers)]
        self._again: deque[Item] = deque()
        self._lost: dict[int, int] = {}
        self._failed_loads = 0

    @property
    def pids(self) -> list[int]:
        """Of its processes."""
        return [worker.pid for worker in self._workers]

    def judged(self, items: Iterator[Item]) -> Iterator[Judged]:
        """Each item with its rows, as they come; items are taken as they are needed, a few a worker ahead.

        Raises what loading the models raises.
        """
        while self._fill(items):
            by_connection = {worker.connection: worker for worker in self._workers}
            for connection in wait(list(by_connection), LOOK_SECONDS):
                yield from self._told_by(by_connection[connection])  # type: ignore[index] # it is one of these
            yield from self._hanging()

    def close(self) -> None:
        """End all processes at once."""
        for worker in self._workers:
            worker.end()

    def _fill(self, items: Iterator[Item]) -> bool:
        """Give everyone as much as there is room for, in turns; whether anything is being judged."""
        while hungry := [worker for worker in self._workers if worker.has_room]:
            item = self._again.popleft() if self._again else next(items, None)
            if item is None:
                break
            min(hungry, key=lambda worker: len(worker.waiting)).give(item)
        return any(worker.waiting for worker in self._workers)

    def _told_by(self, worker: Worker) -> Iterator[Judged]:
        try:
            told = worker.result()
        except WorkerLostError as error:
            if not worker.is_loaded:
                self._note_failed_load(error)
            yield from self._replaced(worker)
            return
        if told is None:
            self._failed_loads = 0
        else:
            yield worker.waiting.popleft(), told

    def _note_failed_load(self, error: WorkerLostError) -> None:
        """One may have been killed; where none can load, that is raised as ModelError."""
        self._failed_loads += 1
        if self._failed_loads >= LOADS:
            raise ModelError(LOADING.format(times=LOADS, how=error)) from error

    def _hanging(self) -> Iterator[Judged]:
        for worker in list(self._workers):
            if worker.is_stuck:
                worker.end()
                yield from self._replaced(worker)

    def _replaced(self, worker: Worker) -> Iterator[Judged]:
        """Another in its place; its items are judged again, but for the one that it was lost at twice."""
        self._workers[self._workers.index(worker)] = Worker(self._work)
        if not (worker.waiting and worker.is_loaded):
            self._again.extend(worker.waiting)
            return
        suspect = worker.waiting.popleft()
        attempts = self._lost[suspect.index] = self._lost.get(suspect.index, 0) + 1
        if attempts < ATTEMPTS:
            worker.waiting.appendleft(suspect)
        else:
            yield suspect, rows.failed(suspect, "worker_lost", LOST)
        self._again.extend(worker.waiting)
