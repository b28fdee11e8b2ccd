"""Proves what several replicas promise, with the real parts: PostgreSQL, nginx and server processes.

    make prove-scale
    python -m benchmarks.scale --seconds 20 --kills 4 --quota 10000 --part limits

About ten minutes. Written are docs/scale/proof.json and the tables of docs/capacity.md. The exit status is 1
when something does not hold. Needs PostgreSQL, nginx, faketime and leave to make cgroups (root).
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from benchmarks.machine import machine
from benchmarks.scale import capacity, commits, faults, limits, throughput
from benchmarks.scale.page import MACHINE, filled
from benchmarks.scale.rig import CORES, rig
from bonaface.settings import load_settings

PAGE = Path("docs/capacity.md")
RATES_SHARED = {"store": "database"}

Found = Iterator[tuple[str, Any]]


class Part(StrEnum):
    """What can be proved without the rest."""

    REPLICAS = "replicas"
    LIMITS = "limits"
    FAIL_OVER = "fail-over"
    COMMITS = "commits"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How long, how often, how many."""

    models: Path
    seconds: float
    kills: int
    quota: int


def main(
    seconds: float = 20.0,
    kills: int = 4,
    quota: int = 10_000,
    part: Annotated[list[Part], typer.Option(help="only this; the rest as it was proved last")] = list(Part),  # noqa: B006 - typer copies it
    out: Path = capacity.PROOF,
    page: Path = PAGE,
) -> None:
    """Run it, print what held, write it."""
    settings = load_settings()
    proof: dict[str, Any] = orjson.loads(out.read_bytes()) if out.exists() else {}
    found_on = machine(settings)
    proof |= {"machine": {name: found_on[name] for name in MACHINE}, "cores": CORES}
    wanted = Wanted(settings.models.directory, seconds, kills, quota)
    with tempfile.TemporaryDirectory(prefix="bonaface-") as folder:
        for each in part:
            for name, found in PARTS[each](Path(folder), wanted):
                proof[name] = found
                typer.echo(f"{name}: {found}")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(orjson.dumps(proof, option=orjson.OPT_INDENT_2) + b"\n")
    told, holds = filled(page.read_text("utf-8"), proof)
    page.write_text(told, "utf-8")
    sys.exit(0 if holds else 1)


def _replicas(folder: Path, wanted: Wanted) -> Found:
    with rig(_made(folder / "limited"), wanted.models, server={"drain_delay": 2}) as limited:
        found = throughput.measured(limited, wanted.seconds)
        yield "throughput", [asdict(each) for each in found]
        yield "killed", asdict(faults.killed(limited, wanted.kills))
        yield "restarted", asdict(faults.restarted(limited))


def _limits(folder: Path, wanted: Wanted) -> Found:
    with rig(_made(folder / "apart"), wanted.models, cores=None, limits=RATES_SHARED) as apart:
        yield "limits", asdict(limits.held(apart, wanted.quota))


def _fail_over(folder: Path, wanted: Wanted) -> Found:
    yield "failed_over", asdict(faults.failed_over(_made(folder / "pair"), wanted.models))


def _commits(_folder: Path, wanted: Wanted) -> Found:
    yield "commits", [asdict(each) for each in commits.measured(wanted.seconds / 5)]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


PARTS: Mapping[Part, Callable[[Path, Wanted], Found]] = {
    Part.REPLICAS: _replicas,
    Part.LIMITS: _limits,
    Part.FAIL_OVER: _fail_over,
    Part.COMMITS: _commits,
}


if __name__ == "__main__":
    typer.run(main)
