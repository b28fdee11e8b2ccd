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


@dataclass(frozen=True, slots=True)
class Timed:
    """One answer: when it came, how long it took, in seconds, and whether it told a verdict."""

    at: float
    seconds: float
    is_success: bool


def closed_loop(address: tuple[str, int], request: bytes, connections: int, seconds: float) -> Load:
    """Send `request` for `seconds` after a second of warm-up, longer where one has no answer by then.

    Raises OSError or EOFError when cut off.
    """
    return asyncio.run(_closed_loop(address, request, connections, seconds))


async def _closed_loop(address: tuple[str, int], request: bytes, connections: int, seconds: float) -> Load:
    starts = time.perf_counter() + WARM_UP
    clients = [_client(address, request, starts, starts + seconds) for _ in range(connections)]
    answers = [answer for some in await asyncio.gather(*clients) for answer in some]
    lasted = max(answer.at for answer in answers) - starts
    return summary(connections, answers, max(seconds, lasted))


async def _client(address: tuple[str, int], request: bytes, starts: float, ends: float) -> list[Timed]:
    """The answers from `starts` on: until `ends`, but one at least."""
    connection, answers = Connection(address), list[Timed]()
    try:
        while (begun := time.perf_counter()) < ends or not answers:
            answer = await connection.ask(request)
            now = time.perf_counter()
            if now >= starts:
                answers.append(Timed(now, now - begun, answer.is_success))
    finally:
        await connection.close()
    return answers


def summary(connections: int, answers: Sequence[Timed], seconds: float) -> Load:
    """The figures of answers within `seconds`; NaN for the times where none tells a verdict."""
    times = np.array([answer.seconds for answer in answers if answer.is_success]) * 1000
    median, p99 = np.percentile(times, [50, 99]) if times.size else (np.nan, np.nan)
    return Load(
        connections=connections,
        answers=times.size,
        failed=len(answers) - times.size,
        per_second=times.size / seconds,
        median=float(median),
        p99=float(p99),
    )
