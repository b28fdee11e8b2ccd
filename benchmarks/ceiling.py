"""What as many library calls side by side as there are cores reach: the most that any server could give.

Cores share memory and caches, virtual ones perhaps more than that: two calls at once take longer than one.
"""

import multiprocessing
import time
from multiprocessing.synchronize import Barrier

from benchmarks.timing import cores
from bonaface.analyzer import Analyzer
from bonaface.settings import load_settings

WARM_UP = 5
WAIT_SECONDS = 60.0


def calls_a_second(image: bytes, seconds: float) -> float:
    """Analyses of `image` a second, of all cores together, one process and one thread each."""
    context = multiprocessing.get_context("spawn")
    begin = context.Barrier(cores())
    told = context.SimpleQueue()
    workers = [
        context.Process(target=_call, args=(image, seconds, begin, told), daemon=True) for _ in range(cores())
    ]
    for worker in workers:
        worker.start()
    rates = [told.get() for _ in workers]
    for worker in workers:
        worker.join()
    return float(sum(rates))


def _call(
    image: bytes, seconds: float, begin: Barrier, told: "multiprocessing.queues.SimpleQueue[float]"
) -> None:
    analyzer = Analyzer(load_settings())
    for _ in range(WARM_UP):
        analyzer.analyze(image)
    begin.wait(WAIT_SECONDS)
    begun, calls = time.perf_counter(), 0
    while (lasted := time.perf_counter() - begun) < seconds:
        analyzer.analyze(image)
        calls += 1
    told.put(calls / lasted)
