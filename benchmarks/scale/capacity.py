"""What a rate of requests needs, from what one costs, and which limit comes first.

    python -m benchmarks.scale.capacity

Reads docs/scale/proof.json, which `make prove-scale` writes, and prints the table of docs/capacity.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil, sqrt
from pathlib import Path
from statistics import mean
from typing import Any

import orjson
import typer

from benchmarks import pictures
from benchmarks.scale.simulation import LATE_SECONDS, Replicas, Simulation
from bonaface.server.wiring import LOOKUP_CONNECTIONS
from bonaface.storage.postgresql import POOL_SIZE

PROOF = Path(__file__).parents[2] / "docs" / "scale" / "proof.json"
RATES = (10, 1_000, 10_000, 100_000)
CORES, MEMORY_GIB = 2, 2
"""Of a replica of the chart: limits.cpu and limits.memory."""
BUSY = 0.7
"""How much of it is used: autoscaling.cpu."""
LEAST = 3
"""Replicas that the chart has at least."""
CONNECTIONS = POOL_SIZE + LOOKUP_CONNECTIONS
ROWS = 5
"""Rows that a commit writes of one application and outcome: its hour and day, those of all, the writer's."""
LARGE = 8
"""Cores of a replica that is larger than the chart's."""
MAX_CONNECTIONS = 100
"""Of PostgreSQL as it comes."""
SPARE = 20
"""Connections of a pooler beside one for each replica's ledger, which has a commit under way all the time."""
LINE = 10e9 / 8
"""Bytes a second to one balancer: 10 Gbit."""
CLOSE = 1.05
"""A rate is found to so many times."""
SECONDS, ROUNDS = 5.0, 4
"""How long is simulated: at least, and in turns of all ledgers where one waits for all others."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a rate needs. `commit_ms`: mean time of a commit, what it waits for others included."""

    per_second: int
    replicas: int
    connections: int
    commits: float
    replies: float
    commit_ms: float
    is_late: bool

    @property
    def pooled(self) -> int:
        """Connections to PostgreSQL where a pooler gives them out by transaction."""
        return self.replicas + SPARE

    @property
    def cores(self) -> int:
        """Of all replicas."""
        return self.replicas * CORES

    @property
    def memory_gib(self) -> int:
        """Of all replicas."""
        return self.replicas * MEMORY_GIB


@cache  # seconds each, and the same each time
def step(per_second: int, verdict: float, commit: float, cores: int = CORES) -> Step:
    """What so many requests a second need, each of which costs `verdict` seconds of processor time.

    cores: of a replica, with as many workers.
    """
    number = max(LEAST, ceil(per_second * verdict / (cores * BUSY)))
    replicas = Replicas(number, cores, cores, verdict, commit)
    seconds = max(SECONDS, ROUNDS * number * commit)
    seen = Simulation(replicas, warm=seconds).commits(per_second, seconds)
    waits = mean(seen.commits)
    return Step(
        per_second,
        number,
        number * CONNECTIONS,
        len(seen.commits) / seconds,
        mean(seen.batches),
        waits * 1000,
        waits >= LATE_SECONDS,
    )


def costs(proof: Mapping[str, Any]) -> tuple[float, float]:
    """Seconds of processor time a verdict, and seconds that a commit holds the rows that all add to.

    Replicas that are held to a share of a core are interrupted, which costs a little more: it is theirs.
    """
    verdict = mean(each["replica_cost"] for each in proof["throughput"]) / 1000
    commit = 1 / max(each["per_second"] for each in proof["commits"])
    return verdict, commit


def simulated(proof: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    """Verdicts a second, measured and simulated, of each number of replicas."""
    verdict, commit = costs(proof)
    for each in proof["throughput"]:
        replicas = Replicas(each["replicas"], proof["cores"], 1, verdict, commit)
        yield each["per_second"], Simulation(replicas, warm=20).closed(each["connections"], 200)


def limits(proof: Mapping[str, Any]) -> dict[str, float]:
    """What breaks first, next and last, and from how many requests a second on, with none of it mended."""
    verdict, commit = costs(proof)
    a_replica = CORES * BUSY / verdict
    found = {
        "connections": MAX_CONNECTIONS // CONNECTIONS * a_replica,
        "connections, by way of a pooler": (MAX_CONNECTIONS - SPARE) * a_replica,
        "rates in the database": 1 / commit,
        "the line": LINE / len(pictures.photo()),
        "the sums of all callers": _late_from(verdict, commit, CORES),
        f"the same, replicas of {LARGE} cores": _late_from(verdict, commit, LARGE),
    }
    return dict(sorted(found.items(), key=lambda each: each[1]))


def _late_from(verdict: float, commit: float, cores: int) -> float:
    """The rate from which commits take too long, by simulation of one after the other."""
    least = most = float(RATES[-1])
    while not step(round(most), verdict, commit, cores).is_late:
        most *= 2
    while step(round(least), verdict, commit, cores).is_late:
        least /= 2
    while most > least * CLOSE:
        rate = sqrt(least * most)
        if step(round(rate), verdict, commit, cores).is_late:
            most = rate
        else:
            least = rate
    return most


def limit_table(proof: Mapping[str, Any]) -> str:
    """The limits of docs/capacity.md."""
    lines = [
        f"| {name} | {round(rate, 2 - len(str(int(rate)))):,.0f} |" for name, rate in limits(proof).items()
    ]
    return "\n".join(("| what breaks | from, requests a second |", "|---|---:|", *lines))


def table(proof: Mapping[str, Any], rates: Sequence[int] = RATES) -> str:
    """The rows of docs/capacity.md."""
    steps = [step(rate, *costs(proof)) for rate in rates]
    database = proof["commits"][0]["database_ms"] / 1000
    rows: list[tuple[str, list[str]]] = [
        ("replicas", [f"{each.replicas:,}" for each in steps]),
        ("cores", [f"{each.cores:,}" for each in steps]),
        ("memory, GiB", [f"{each.memory_gib:,}" for each in steps]),
        ("connections to PostgreSQL", [f"{each.connections:,}" for each in steps]),
        ("the same, by way of a pooler", [f"{each.pooled:,}" for each in steps]),
        ("commits a second", [f"{each.commits:,.0f}" for each in steps]),
        ("replies a commit", [f"{each.replies:,.1f}" for each in steps]),
        ("cores of PostgreSQL for them", [f"{each.commits * database:,.1f}" for each in steps]),
        ("rows written a second", [f"{each.commits * ROWS:,.0f}" for each in steps]),
        (
            "a commit takes, ms",
            [f"{each.commit_ms:,.0f}{' (too long)' if each.is_late else ''}" for each in steps],
        ),
    ]
    head = [
        f"| requests a second | {' | '.join(f'{rate:,}' for rate in rates)} |",
        f"|---|{'---:|' * len(rates)}",
    ]
    return "\n".join([*head, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)])


def main() -> None:
    """Print it."""
    proof = orjson.loads(PROOF.read_bytes())
    typer.echo(f"{table(proof)}\n\n{limit_table(proof)}\n")
    for measured, found in simulated(proof):
        typer.echo(f"measured {measured:.2f}, simulated {found:.2f}")


if __name__ == "__main__":
    typer.run(main)
