"""Fuzz every target for a while and tell what came of it: `make fuzz FUZZ_SECONDS=60`.

    python -m fuzz.run --seconds 60 --jobs 2 --out var/fuzz/result.json

Exits with 1 when anything was found. What is learnt stays in var/fuzz/corpus for the next run.
"""

import concurrent.futures
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fuzz.plans import PLANS
from fuzz.session import Result, Session

FOLDER = Path(__file__).parents[1] / "var" / "fuzz"
COLUMNS = ("target", "inputs", "inputs/s", "edges", "corpus", "peak MB", "slow", "findings")


def main(
    seconds: Annotated[float, typer.Option(min=1, help="Time for all targets together.")] = 60,
    jobs: Annotated[int, typer.Option(min=1, help="Targets side by side.")] = 1,
    only: Annotated[
        list[str] | None, typer.Option("--target", help="Just this target; may be repeated.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Also write the result here as JSON.")] = None,
    folder: Annotated[Path, typer.Option(help="Where corpus and findings are kept.")] = FOLDER,
) -> None:
    """Fuzz the targets, each in a process of its own, for equal shares of the time."""
    names = only or list(PLANS)
    sessions = [Session(PLANS[name], folder, seconds / len(names)) for name in names]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        results = list(pool.map(Session.run, sessions))
    typer.echo(table(results))
    for result in results:
        for finding in result.findings:
            typer.echo(f"\n{result.target}: {finding.kind} {finding.path}\n{finding.report}")
    if out is not None:
        out.write_text(
            json.dumps({"seconds": seconds, "targets": [asdict(result) for result in results]}, indent=1)
        )
    raise typer.Exit(any(result.findings for result in results))


def table(results: list[Result]) -> str:
    """The results in columns of equal width."""
    rows = [COLUMNS, *(_row(result) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _row(result: Result) -> tuple[str, ...]:
    numbers = (
        result.inputs,
        result.inputs_per_second,
        result.edges,
        result.corpus,
        result.peak_mb,
        result.slow_alone,
        len(result.findings),
    )
    return (result.target, *(f"{number:,.0f}" for number in numbers))


if __name__ == "__main__":
    typer.run(main)
