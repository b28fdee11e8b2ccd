"""Work on many items by several threads: results in the items' order, few items held at once."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 2
"""Items that are taken before their turn, for each worker: one that it is at, and one that waits for it."""


def ordered_map(work: Callable[[Item], Result], items: Iterable[Item], workers: int) -> Iterator[Result]:
    """`work` of each item, in their order, by `workers` threads.

    Items are taken as results are asked for, `AHEAD * workers` ahead at most, by the thread that asks. What
    `work` raises is raised in its turn; what `items` raises, after the results of those before. Items that
    nobody has begun by then, or when the caller leaves, are left.
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix="ordered-map")
    waiting: deque[Future[Result]] = deque()
    try:
        for future in _submitted(pool, work, items):
            waiting.append(future)
            if len(waiting) == AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _submitted(
    pool: ThreadPoolExecutor, work: Callable[[Item], Result], items: Iterable[Item]
) -> Iterator[Future[Result]]:
    """A future for each item; what `items` raises is the last one's."""
    try:
        for item in items:
            yield pool.submit(work, item)
    except Exception as error:  # noqa: BLE001 - it is raised where its turn comes
        failed: Future[Result] = Future()
        failed.set_exception(error)
        yield failed
