"""Inputs that stopped a target, tried again alone: a busy machine is slow too, and that is no finding."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from fuzz.harness import ALONE, HANG_SECONDS

ROOT = Path(__file__).parents[1]
PATIENCE = 600
"""Seconds of wall time after which an input alone counts as a hang, whatever CPU time it took. Most of it is
for the start of the process: a few seconds of work, which took minutes where others had the machine."""
KINDS = {"timeout": "hang", "oom": "memory"}


@dataclass(frozen=True, slots=True)
class Finding:
    """An input that has no answer of the contract: its kind, where it was kept, and what it leads to."""

    kind: str
    path: str
    report: str


def judge(module: str, path: Path) -> Finding | None:
    """The finding that the input at `path` is; None for one that was slow only in the crowd.

    A hang takes over a second of CPU time in each of three tries alone.
    """
    kind = KINDS.get(path.name.partition("-")[0], "crash")
    seconds, report = _alone(module, path)
    if kind == "hang" and seconds <= HANG_SECONDS:
        path.unlink(missing_ok=True)
        return None
    return Finding(kind, str(path), report)


def environment() -> dict[str, str]:
    """The environment of a target: what this process can import, OpenCV silent, no coverage measured."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    return inherited | {"OPENCV_LOG_LEVEL": "SILENT", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def fresh(command: list[str], seconds: float) -> list[str]:
    """`command`, ended after `seconds`, by a small process in between.

    A process begins with the peak memory of the one that started it (getrusage), which libFuzzer reads.
    """
    return ["timeout", "--signal=KILL", str(round(seconds)), *command]


def _alone(module: str, path: Path) -> tuple[float, str]:
    """CPU seconds that the input takes, and what the process printed."""
    command = fresh([sys.executable, "-m", module, ALONE, str(path)], PATIENCE)
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode == -signal.SIGKILL:
        return float("inf"), f"no answer within {PATIENCE} seconds"
    if done.returncode:
        return float("inf"), _without_noise(done.stderr)
    return float(done.stdout.split()[0]), f"{done.stdout.strip()} (CPU seconds, peak MB)"


def _without_noise(said: str) -> str:
    """The end of what a process said, without the list of what was instrumented."""
    return "\n".join(line for line in said.splitlines() if not line.startswith("INFO: "))[-4000:]
