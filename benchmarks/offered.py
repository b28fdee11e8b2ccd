"""An open loop: requests at moments that do not depend on the answers, as from many callers who know
nothing of each other. The time of an answer runs from the moment that its request was due, so that no
delay can hide."""

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import uvloop

from bonaface.speed.client import Answer, Connection

BROKEN = Answer(0, False, False, True)
IDLE_SECONDS = 2.0
"""After which a connection is not used again: the server closes it after five."""


@dataclass(frozen=True, slots=True)
class Reply:
    """When its request was due, in seconds since the run began, how long it took, and what came."""

    due: float
    seconds: float
    answer: Answer


def offer(
    address: tuple[str, int], request: bytes, rate: float, seconds: float, seed: int | None = None
) -> list[Reply]:
    """`rate` requests a second for `seconds`: evenly, or at random moments (Poisson) drawn with `seed`."""
    return uvloop.run(_Callers(address, request).run(_moments(rate, seconds, seed)))


def percentile(replies: Sequence[Reply], share: float) -> float:
    """Milliseconds, NaN of none."""
    return (
        float(np.percentile([reply.seconds for reply in replies], share)) * 1000 if replies else float("nan")
    )


def _moments(rate: float, seconds: float, seed: int | None) -> Iterator[float]:
    draw = random.Random(seed)  # noqa: S311 - a draw that can be made again
    at = 0.0
    while (at := at + (1 / rate if seed is None else draw.expovariate(rate))) < seconds:
        yield at


class _Callers:
    """As many connections as there are requests without an answer."""

    def __init__(self, address: tuple[str, int], request: bytes) -> None:
        self._address = address
        self._request = request
        self._idle: list[tuple[float, Connection]] = []
        self._replies: list[Reply] = []

    async def run(self, moments: Iterator[float]) -> list[Reply]:
        begun = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for at in moments:
                if (left := begun + at - time.perf_counter()) > 0:
                    await asyncio.sleep(left)
                group.create_task(self._ask(begun, at))
        for _, connection in self._idle:
            await connection.close()
        return self._replies

    async def _ask(self, begun: float, due: float) -> None:
        connection = await self._connection()
        try:
            answer = await connection.ask(self._request)
        except (OSError, EOFError):
            await connection.close()
            answer = BROKEN
        now = time.perf_counter()
        self._replies.append(Reply(due, now - begun - due, answer))
        self._idle.append((now, connection))

    async def _connection(self) -> Connection:
        if not self._idle:
            return Connection(self._address)
        since, connection = self._idle.pop()
        if time.perf_counter() - since > IDLE_SECONDS:
            await connection.close()
        return connection
