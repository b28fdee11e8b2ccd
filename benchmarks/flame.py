"""A flame graph of the server's own process under load: what its event loop and its other threads are at.

    make flame
    python -m benchmarks.flame [--seconds 20] [--out docs/performance/server.svg]

One server with the settings as they come, a closed loop of 8 connections. py-spy (installed into `var/py-spy`
the first time) looks 200 times a second at what each thread runs, native frames included, and leaves out
threads that wait. It must be allowed to trace processes (ptrace).
"""

import os
import subprocess
import tempfile
import threading
import venv
from pathlib import Path

import typer

from benchmarks import pictures
from benchmarks.closed import throughput
from benchmarks.sides import ROOT
from bonaface.settings import load_settings
from bonaface.speed.server import served

PINNED = "py-spy==0.4.3"
FOLDER = ROOT / "var" / "py-spy"
CONNECTIONS = 8
RATE = 200
AROUND_SECONDS = 2.0
"""The load begins so long before the first look, and goes on so long after the last one."""


def main(seconds: int = 20, out: Path = Path("docs/performance/server.svg")) -> None:
    """Draw it, and tell the throughput meanwhile."""
    tool, image = _py_spy(), pictures.photo()
    with (
        tempfile.TemporaryDirectory(prefix="bonaface-") as name,
        served(load_settings(), Path(name)) as server,
    ):
        looks = threading.Timer(AROUND_SECONDS, _record, (tool, server.process.pid, seconds, out))
        looks.start()
        client, rate = throughput(server, image, CONNECTIONS, seconds + 2 * AROUND_SECONDS, Path(name))
        looks.join()
    typer.echo(f"{rate:.1f} verdicts a second ({client}); {out}")


def _record(tool: Path, pid: int, seconds: int, out: Path) -> None:
    options = ["--native", "--function", "--threads", "--rate", str(RATE), "--duration", str(seconds)]
    command = [str(tool), "record", "--pid", str(pid), "--format", "flamegraph", "--output", str(out)]
    subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL)
    # it holds the command, and where this checkout lies is nobody's business
    out.write_text(out.read_text("utf-8").replace(f"{ROOT}{os.sep}", ""), "utf-8")


def _py_spy() -> Path:
    tool = FOLDER / "bin" / "py-spy"
    if not tool.is_file():
        venv.create(FOLDER, with_pip=True)
        pip = [str(FOLDER / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--quiet", PINNED], check=True)
    return tool


if __name__ == "__main__":
    typer.run(main)
