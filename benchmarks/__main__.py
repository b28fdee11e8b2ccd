"""Runs every benchmark of the table, one after the other, and writes its figures.

    make bench
    python -m benchmarks [--quick] [--out docs/performance]

Each runs in a process of its own. Written are bench.json, with machine and versions, growth.png and
ratios.png. The exit status is 1 when a benchmark failed, not when a target is missed.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import orjson
import rich.console
import rich.table
import typer
from matplotlib.figure import Figure

from benchmarks.machine import machine
from benchmarks.row import Row, row_of
from bonaface.settings import load_settings

NAMES = ("library", "large", "crowd", "serving", "start", "growth")
QUICK = {
    "library": ("--rounds", "10"),
    "large": ("--rounds", "5"),
    "crowd": ("--rounds", "5"),
    "serving": ("--seconds", "5", "--steady", "5", "--overload", "5"),
    "start": ("--starts", "2"),
    "growth": ("--rounds", "2"),
}
REACHED, MISSED = "#1b6ca8", "#d1495b"


def main(
    quick: Annotated[
        bool, typer.Option("--quick", help="fewer rounds: to see whether all of it works")
    ] = False,
    out: Path = Path("docs/performance"),
) -> None:
    """Run them, write the figures to `out`, print the table."""
    out.mkdir(parents=True, exist_ok=True)
    told = {"machine": machine(load_settings())}
    rows: list[Row] = []
    failed = []
    for name in NAMES:
        typer.echo(f"--- {name}")
        found = _run(name, QUICK[name] if quick else (), out)
        rows += found
        failed += [] if found else [name]
    (out / "bench.json").write_bytes(
        orjson.dumps({**told, "rows": [row.as_dict() for row in rows]}, option=orjson.OPT_INDENT_2) + b"\n"
    )
    draw(rows, out / "ratios.png")
    rich.console.Console(highlight=False).print(_table(rows))
    for name in failed:
        typer.echo(f"FAILED: {name}")
    sys.exit(1 if failed else 0)


def _run(name: str, options: Sequence[str], out: Path) -> list[Row]:
    """The rows of one benchmark; none when it failed."""
    with tempfile.TemporaryDirectory(prefix="bonaface-") as folder:
        written = Path(folder) / "rows.json"
        command = [sys.executable, "-m", f"benchmarks.{name}", "--json", str(written), *options]
        if name == "growth":
            command += ["--chart", str(out / "growth.png")]
        if subprocess.run(command, check=False).returncode != 0:
            return []
        return [row_of(one) for one in orjson.loads(written.read_bytes())]


def _table(rows: Sequence[Row]) -> rich.table.Table:
    table = rich.table.Table("measure", "target", "measured", "reached")
    for row in rows:
        table.add_row(row.measure, row.target, row.measured, "yes" if row.reached else "[red]NO[/red]")
    return table


def draw(rows: Sequence[Row], path: Path) -> None:
    """Write a bar for each row that has a limit above nothing: the value over its limit, 1 is the limit."""
    shown = [row for row in rows if row.limit > 0]
    figure = Figure(figsize=(9, 0.4 * len(shown) + 1.2), layout="constrained")
    axes = figure.add_subplot()
    shares = [max(row.value, 0.0) / row.limit for row in shown]
    axes.barh(range(len(shown)), shares, color=[REACHED if row.reached else MISSED for row in shown])
    axes.axvline(1, color="0.3", linewidth=1)
    names = [f"{row.measure} ({'at least' if row.is_floor else 'at most'})" for row in shown]
    axes.set_yticks(range(len(shown)), names, fontsize=7)
    axes.invert_yaxis()
    axes.set_xlabel("measured over target: at most 1, or at least 1 where it says so; red is missed")
    figure.savefig(path, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    typer.run(main)
