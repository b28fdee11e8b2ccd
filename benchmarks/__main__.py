"""Runs every benchmark of the table, one after the other, and writes its figures.

    make bench              (8 minutes, on a machine that does nothing else; the first time some more,
                            to install what it is measured against)
    make bench QUICK=1      (3 minutes: whether all of it works; writes to var/bench alone)
    python -m benchmarks [--quick] [--out docs/performance] [--page docs/performance.md]

Each runs in a process of its own. Written are bench.json, with machine and versions, growth.png and
ratios.png. The exit status is 1 when a benchmark failed, not when a target is missed; then the table is
printed, and files and page keep the figures that they have.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import orjson
import rich.console
import rich.table
import typer
from matplotlib.figure import Figure

from benchmarks.machine import machine
from benchmarks.page import filled
from benchmarks.row import Row, row_of
from bonaface.settings import load_settings

COMMANDS = ("progress", "library", "large", "crowd", "serving", "installed_size", "growth")
QUICK: dict[str, tuple[str, ...]] = {
    "progress": ("--pairs", "1", "--seconds", "2"),
    "library": ("--rounds", "10"),
    "large": ("--rounds", "5"),
    "crowd": ("--rounds", "5"),
    "serving": ("--seconds", "5", "--steady", "5", "--overload", "5"),
    "growth": ("--rounds", "2"),
}
LEAST = 0.05
TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
REACHED, MISSED = "#1b6ca8", "#d1495b"


def main(
    quick: Annotated[
        bool, typer.Option("--quick", help="fewer rounds: to see whether all of it works")
    ] = False,
    out: Path = Path("docs/performance"),
    page: Annotated[Path | None, typer.Option(help="page that shows the figures")] = None,
) -> None:
    """Run them, write the figures to `out`, print the table."""
    out.mkdir(parents=True, exist_ok=True)
    measured_on = machine(load_settings())
    rows: list[Row] = []
    failed = []
    for name in COMMANDS:
        typer.echo(f"--- {name}")
        begun = time.perf_counter()
        found = _run(name, QUICK.get(name, ()) if quick else (), out)
        typer.echo(f"--- {name}: {time.perf_counter() - begun:.0f} s")
        rows += found
        failed += [] if found else [name]
    if not failed:
        _keep(measured_on, rows, out, page)
    rich.console.Console(highlight=False, width=150).print(_table(rows))
    for name in failed:
        typer.echo(f"FAILED: {name}")
    sys.exit(1 if failed else 0)


def _keep(measured_on: dict[str, str | int], rows: Sequence[Row], out: Path, page: Path | None) -> None:
    """Write the figures down, and into the page."""
    told = {"machine": measured_on, "rows": [row.as_dict() for row in rows]}
    (out / "bench.json").write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")
    draw(rows, out / "ratios.png")
    if page is not None:
        page.write_text(filled(page.read_text("utf-8"), measured_on, rows), "utf-8")


def _run(name: str, options: Sequence[str], out: Path) -> list[Row]:
    """The rows of one benchmark; none when it failed."""
    with tempfile.TemporaryDirectory(prefix="bonaface-") as folder:
        written = Path(folder) / "rows.json"
        command = [sys.executable, "-m", f"benchmarks.{name}", "--json", str(written), *options]
        if name == "growth":
            command += ["--chart", str(out / "growth.png")]
        # as a user starts it, where bytecode is kept
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        if subprocess.run(command, check=False, env=environment).returncode != 0:
            return []
        return [row_of(one) for one in orjson.loads(written.read_bytes())]


def _table(rows: Sequence[Row]) -> rich.table.Table:
    table = rich.table.Table("measure", "target", "measured", "reached")
    for row in rows:
        table.add_row(row.measure, row.target, row.measured, "yes" if row.reached else "[red]NO[/red]")
    return table


def draw(rows: Sequence[Row], path: Path) -> None:
    """Write a bar for each row that has a limit above nothing: the part of the target that was used."""
    shown = [row for row in rows if row.limit > 0]
    figure = Figure(figsize=(9, 0.4 * len(shown) + 1.2), layout="constrained")
    axes = figure.add_subplot()
    used = [row.used for row in shown]
    colours = [REACHED if row.reached else MISSED for row in shown]
    axes.barh(range(len(shown)), [one - LEAST for one in used], left=LEAST, color=colours)
    axes.axvline(1, color="0.3", linewidth=1)
    axes.set_yticks(range(len(shown)), [row.measure for row in shown], fontsize=7)
    axes.set(xscale="log", xlim=(LEAST, max(2.0, 1.2 * max(used))))
    axes.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
    axes.minorticks_off()
    axes.invert_yaxis()
    axes.set_xlabel("measured over target (blue: reached)")
    figure.savefig(path, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    typer.run(main)
