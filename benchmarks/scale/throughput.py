"""Verdicts a second of 1, 2 and 4 replicas with a share of a core each, and what all parts took for it."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks import pictures
from benchmarks.scale.rig import Rig, processor_seconds
from bonaface.speed.load import closed_loop
from support.servers.served import Served

NUMBERS = (1, 2, 4)
CONNECTIONS = 4
"""A replica: one is judged, the others wait."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """What so many replicas gave. Costs are milliseconds of processor time a verdict."""

    replicas: int
    connections: int
    per_second: float
    median_ms: float
    replica_cost: float
    other_costs: Mapping[str, float]


def measured(rig: Rig, seconds: float) -> list[Throughput]:
    """One for each of `NUMBERS`, in this order. Raises ValueError where an answer told no verdict."""
    while len(rig.fleet.replicas) < max(NUMBERS):
        rig.start()
    return [_measure(rig, number, seconds) for number in NUMBERS]


def _measure(rig: Rig, number: int, seconds: float) -> Throughput:
    one = rig.send_to(number)
    connections = CONNECTIONS * number
    begun, before = time.perf_counter(), _spent(rig, number)
    load = closed_loop(one.address, one.request(pictures.photo()), connections, seconds)
    lasted, after = time.perf_counter() - begun, _spent(rig, number)
    if load.failed:
        raise ValueError(f"{load.failed} answers told no verdict")
    verdicts = load.per_second * lasted  # those of the warm-up cost as much
    costs = {name: (after[name] - before[name]) * 1000 / verdicts for name in after}
    own = costs.pop("replicas")
    return Throughput(number, connections, load.per_second, load.median, own, costs)


def _spent(rig: Rig, number: int) -> dict[str, float]:
    """Processor seconds so far, of each part."""
    replicas: list[Served] = rig.fleet.replicas[:number]
    assert rig.front.process is not None
    own = os.times()
    return {
        "replicas": sum(processor_seconds(replica.process.pid) for replica in replicas),
        "PostgreSQL": processor_seconds(rig.database.pid),
        "nginx": processor_seconds(rig.front.process.pid),
        "client": own.user + own.system,
    }
