"""What waiting alone makes of the latency: requests at random moments, all equally long.

    python -m benchmarks.queueing [--load 0.6] [--workers 2] [--requests 400000]

Tells the 99th percentile over the median. No server has less at this load, whatever it is written in.
"""

import heapq
import random

import numpy as np
import typer


def main(load: float = 0.6, workers: int = 2, requests: int = 400_000) -> None:
    """Print the ratio."""
    typer.echo(f"99th percentile: {tail(load, workers, requests):.2f} medians")


def tail(load: float, workers: int, requests: int, seed: int = 1) -> float:
    """The 99th percentile over the median of the time from a request's moment to its end."""
    draw, free, at = random.Random(seed), [0.0] * workers, 0.0  # noqa: S311 - a draw that can be made again
    taken = []
    for _ in range(requests):
        at += draw.expovariate(load * workers)
        ends = max(at, heapq.heappop(free)) + 1.0
        heapq.heappush(free, ends)
        taken.append(ends - at)
    return float(np.percentile(taken, 99) / np.percentile(taken, 50))


if __name__ == "__main__":
    typer.run(main)
