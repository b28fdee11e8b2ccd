"""Inputs that stopped a target, tried again alone: a busy machine is slow too, and that is no finding."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from fuzz.limits import HANG_SECONDS

ROOT = Path(__file__).parents[1]
TRIES = 3
PATIENCE = 30
"""Seconds of wall time after which an input alone counts as a hang, whatever CPU time it took."""
KINDS = {"timeout": "hang", "oom": "memory", "crash": "crash"}


@dataclass(frozen=True, slots=True)
class Finding:
    """An input that has no answer of the contract: its kind, where it was kept, and what it leads to."""

    kind: str
    path: str
    report: str


def judge(target: str, path: Path) -> Finding | None:
    """The finding that the input at `path` is; None for one that was slow only in the crowd.

    A hang takes over a second of CPU time in each of three tries alone.
    """
    kind = KINDS.get(path.name.partition("-")[0], "crash")
    if kind != "hang":
        return Finding(kind, str(path), _alone(target, path)[1])
    tries = [_alone(target, path) for _ in range(TRIES)]
    if min(seconds for seconds, _ in tries) > HANG_SECONDS:
        return Finding(kind, str(path), tries[0][1])
    path.unlink()
    return None


def environment() -> dict[str, str]:
    """The environment of a target: this process's, with OpenCV told to be silent."""
    return {**os.environ, "OPENCV_LOG_LEVEL": "SILENT"}


def _alone(target: str, path: Path) -> tuple[float, str]:
    """CPU seconds that the input takes, and what the process printed."""
    command = [sys.executable, "-m", f"fuzz.{target}", "--alone", str(path)]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return float("inf"), f"no answer within {PATIENCE} seconds"
    if done.returncode:
        return 0.0, _without_noise(done.stderr)
    return float(done.stdout.split()[0]), f"{done.stdout.strip()} (CPU seconds, peak MB)"


def _without_noise(said: str) -> str:
    """The end of what a process said, without the list of what was instrumented."""
    return "\n".join(line for line in said.splitlines() if not line.startswith("INFO: "))[-4000:]
