"""A closed loop: some connections, each of which sends the next request when it has its answer."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bonaface.speed.client import Connection

WARM_UP = 1.0
"""Seconds before the first answer that counts."""


@dataclass(frozen=True, slots=True)
class Load:
    """What `connections` got: answers a second, their median and 99th percentile in milliseconds.

    `failed` are answers that tell no verdict; they count for nothing else.
    """

    connections: int
    answers: int
    failed: int
    per_second: float
    median: float
    p99: float


def closed_loop(address: tuple[str, int], request: bytes, connections: int, seconds: float) -> Load:
    """Send `request` for `seconds` after a second of warm-up. Raises OSError or EOFError when cut off."""
    return asyncio.run(_closed_loop(address, request, connections, seconds))


async def _closed_loop(address: tuple[str, int], request: bytes, connections: int, seconds: float) -> Load:
    starts = time.perf_counter() + WARM_UP
    clients = [_client(address, request, starts, starts + seconds) for _ in range(connections)]
    answers = [answer for some in await asyncio.gather(*clients) for answer in some]
    return summary(connections, answers, seconds)


async def _client(
    address: tuple[str, int], request: bytes, starts: float, ends: float
) -> list[tuple[float, bool]]:
    """Seconds and success of each answer between `starts` and `ends`."""
    connection, answers = Connection(address), []
    while (begun := time.perf_counter()) < ends:
        answer = await connection.ask(request)
        now = time.perf_counter()
        if starts <= now < ends:
            answers.append((now - begun, answer.is_success))
    connection.close()
    return answers


def summary(connections: int, answers: Sequence[tuple[float, bool]], seconds: float) -> Load:
    """The figures of answers, each with its seconds and whether it told a verdict; NaN without any."""
    times = np.array([passed for passed, is_success in answers if is_success]) * 1000
    median, p99 = np.percentile(times, [50, 99]) if times.size else (np.nan, np.nan)
    return Load(
        connections=connections,
        answers=times.size,
        failed=len(answers) - times.size,
        per_second=times.size / seconds,
        median=float(median),
        p99=float(p99),
    )
