"""Shares the parts of one piece of work with lanes that have nothing else to do.

A picture of twenty faces keeps one lane busy for long while another may be idle. Threads that help are made
when they are needed and end with the work: one costs 0.3 ms, a face several.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class HelperPool:
    """`lanes` threads may work at once: those that came with work of their own, and their helpers.

    Thread-safe.
    """

    def __init__(self, lanes: int) -> None:
        self._lanes = lanes
        self._taken = 0
        self._lock = threading.Lock()

    @property
    def taken(self) -> int:
        """Threads that work now."""
        return self._taken

    @property
    def is_crowded(self) -> bool:
        """Whether more work at once than there are lanes: helpers then leave."""
        return self._taken > self._lanes

    @contextmanager
    def lane(self) -> Iterator[None]:
        """The block is work that this thread came with. It never waits: helpers make room."""
        with self._lock:
            self._taken += 1
        try:
            yield
        finally:
            self._leave()

    def map(self, work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """`work` of each item, in their order; idle lanes help. To be called inside `lane`.

        Each item is worked on once, by one thread. Raises what `work` raises, of the first item if of
        several; what nobody has begun by then is left.
        """
        batch = _Batch(work, items)
        try:
            while batch.left:
                while batch.left > 1 and self._invite(batch):
                    pass
                batch.work_on_one()
        finally:
            batch.end()
        return batch.results()

    def _invite(self, batch: "_Batch[Item, Result]") -> bool:
        """Have another thread help, if a lane is idle; whether one does."""
        with self._lock:
            if self._taken >= self._lanes:
                return False
            self._taken += 1
        helper = threading.Thread(target=self._help, args=(batch,), name="helper", daemon=True)
        try:
            batch.start(helper)
        except RuntimeError:  # no memory for its stack: then it goes on alone
            self._leave()
            return False
        return True

    def _help(self, batch: "_Batch[Item, Result]") -> None:
        try:
            while batch.left and not self.is_crowded:
                batch.work_on_one()
        finally:
            self._leave()

    def _leave(self) -> None:
        with self._lock:
            self._taken -= 1


class _Batch(Generic[Item, Result]):
    """The items of one call of `HelperPool.map`, and what has become of them."""

    def __init__(self, work: Callable[[Item], Result], items: Sequence[Item]) -> None:
        self._work = work
        self._items = items
        self._next = 0
        self._done: dict[int, Result] = {}
        self._errors: dict[int, Exception] = {}
        self._helpers: list[threading.Thread] = []
        self._lock = threading.Lock()

    @property
    def left(self) -> int:
        """Items that nobody has begun."""
        return len(self._items) - self._next

    def start(self, helper: threading.Thread) -> None:
        """Start a thread that works on it. Raises RuntimeError when there can be none."""
        helper.start()
        self._helpers.append(helper)

    def work_on_one(self) -> None:
        """Take the next item, if there is one, and keep what becomes of it."""
        with self._lock:
            index = self._next
            self._next = min(index + 1, len(self._items))
        if index < len(self._items):  # else another thread took the last one meanwhile
            self._keep(index, self._items[index])

    def end(self) -> None:
        """Begin nothing more, and wait for what the helpers are at."""
        with self._lock:
            self._next = len(self._items)
        for helper in self._helpers:
            helper.join()

    def results(self) -> list[Result]:
        """Of all items, once it has ended. Raises the error of the first that failed."""
        if self._errors:
            raise self._errors[min(self._errors)]
        return [self._done[index] for index in range(len(self._items))]

    def _keep(self, index: int, item: Item) -> None:
        try:
            self._done[index] = self._work(item)
        except Exception as error:  # noqa: BLE001 - raised again by `results`, in the caller's thread
            with self._lock:
                self._errors[index], self._next = error, len(self._items)
