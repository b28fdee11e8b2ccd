"""Batches of counted replies that one PostgreSQL commits a second, by how many ledgers give them to it.

All replicas add to the same rows (the sums of all callers): what these rows let through is a limit that more
replicas do not move.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.scale.rig import processor_seconds
from bonaface.clock import utc_now
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from bonaface.usage.exactly_once import ExactlyOnceWriter
from bonaface.usage.types import Reply, ReplyBatch, ReplyLabel
from support.storage.postgres import running_postgres

WRITERS = (1, 2, 4, 8)
REPLIES = 20
"""Of a batch."""
DURABLE = ("max_connections=100",)
"""PostgreSQL as it comes: each commit is written through to the disk."""


@dataclass(frozen=True, slots=True)
class Commits:
    """Commits a second of so many writers at once, and PostgreSQL's processor time for one, in ms."""

    writers: int
    per_second: float
    database_ms: float


def measured(seconds: float) -> list[Commits]:
    """One for each of `WRITERS`."""
    with running_postgres(DURABLE) as server:
        url = server.create()
        with Database(StorageSettings(url=url)) as database:
            database.migrate()
        return [_measure(server.pid, url, number, seconds) for number in WRITERS]


def _measure(pid: int, url: str, number: int, seconds: float) -> Commits:
    command = [sys.executable, "-m", "benchmarks.scale.commits", url, str(seconds)]
    before = processor_seconds(pid)
    writers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
        for _ in range(number)
    ]
    for writer in writers:  # all have connected before one begins
        assert writer.stdout is not None
        writer.stdout.readline()
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    committed = sum(int(writer.communicate()[0]) for writer in writers)
    spent = (processor_seconds(pid) - before) * 1000
    return Commits(number, committed / seconds, spent / committed)


def write(url: str, seconds: float) -> int:
    """Commit one batch after the other for so long; how many there were."""
    with Database(StorageSettings(url=url), connections=1) as database:
        writer, name, number = ExactlyOnceWriter(database), f"{time.monotonic_ns():032x}", 0
        print("ready", flush=True)  # noqa: T201 - to the process that measures
        sys.stdin.readline()
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            number += 1
            writer.write(name, [ReplyBatch(number, _replies())], 30)
    return number


def _replies() -> tuple[Reply, ...]:
    return (Reply(1, None, ReplyLabel.FACES, 1, 0, 40, utc_now()),) * REPLIES


def main(arguments: Sequence[str]) -> None:
    """A writer in a process of its own."""
    print(write(arguments[0], float(arguments[1])))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
