"""One target fuzzed for its share of the time, started again after whatever stops it."""

import hashlib
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from fuzz import suspects, words
from fuzz.harness import HANG_SECONDS
from fuzz.plans import MEMORY_MB, Plan
from fuzz.suspects import ROOT, Finding, environment, fresh

LEFT_OVER = 3
"""Seconds for which it is not worth to start a target again."""
STARTUP = 120
"""Seconds beyond its time after which a process that does not end is ended."""

_STATE = re.compile(r"cov: (\d+) ft: \d+ corp: (\d+)/")
_FINAL = re.compile(r"stat::(\w+):\s+(\d+)")
_ARTIFACT = re.compile(r"Test unit written to (.+/(?:crash|timeout|oom)-\w+)")


@dataclass
class Result:
    """What came of one target. `slow_alone` counts inputs that were slow in the crowd and quick alone."""

    target: str
    inputs: int = 0
    seconds: float = 0.0
    edges: int = 0
    corpus: int = 0
    peak_mb: int = 0
    slow_alone: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def inputs_per_second(self) -> float:
        return self.inputs / self.seconds if self.seconds else 0.0


class Session:
    """Fuzzes by `plan` for `seconds`; corpus and findings are kept below `folder`."""

    def __init__(self, plan: Plan, folder: Path, seconds: float) -> None:
        self._plan = plan
        self._seconds = seconds
        self._corpus = folder / "corpus" / plan.name
        self._findings = folder / "findings" / plan.name
        self._words = folder / f"{plan.name}.dict"

    def run(self) -> Result:
        """Fuzz until the time is over. An input that stops the target is tried alone before it counts."""
        self._prepare()
        result = Result(self._plan.name)
        ends = time.monotonic() + self._seconds
        left = self._seconds
        while left > 0:
            self._fuzz(result, left)
            left = ends - time.monotonic()
            if left < LEFT_OVER or result.findings:
                break
        result.seconds = time.monotonic() - ends + self._seconds
        result.corpus = sum(1 for _ in self._corpus.iterdir())
        return result

    def _prepare(self) -> None:
        self._corpus.mkdir(parents=True, exist_ok=True)
        self._findings.mkdir(parents=True, exist_ok=True)
        for seed in self._plan.seeds():
            (self._corpus / hashlib.sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed)
        self._words.write_text(words.dictionary(self._plan.words))

    def _fuzz(self, result: Result, seconds: float) -> None:
        """One life of the target, told in `result`."""
        log, status = self._watched(seconds)
        states = _STATE.findall(log)
        final = {name: int(value) for name, value in _FINAL.findall(log)}
        result.inputs += final.get("number_of_executed_units", 0)
        result.edges = max(result.edges, *(int(edges) for edges, _ in states), 0)
        result.peak_mb = max(result.peak_mb, final.get("peak_rss_mb", 0))
        stopped = _ARTIFACT.search(log)
        if stopped is None and status == -signal.SIGALRM:
            result.slow_alone += 1
        elif stopped is None and status != 0:
            result.findings.append(Finding("ended", "", log[-2000:]))
        self._judge(result, {*self._findings.glob("timeout-*"), *([Path(stopped[1])] if stopped else [])})

    def _watched(self, seconds: float) -> tuple[str, int]:
        """What the process said, and its exit status.

        SIGALRM without an input that was kept: the clocks of atheris and libFuzzer got into each other's way,
        which happens where a process does not get to run for a second. A hang is kept, in native code too.
        """
        command = [sys.executable, "-m", self._plan.module, str(self._corpus), *self._options(seconds)]
        done = subprocess.run(
            fresh(command, seconds + STARTUP), cwd=ROOT, env=environment(), capture_output=True, check=False
        )
        return done.stderr.decode(errors="replace"), done.returncode

    def _options(self, seconds: float) -> list[str]:
        return [
            f"-max_total_time={max(round(seconds), 1)}",
            f"-timeout={HANG_SECONDS}",
            f"-rss_limit_mb={MEMORY_MB}",
            f"-max_len={self._plan.longest}",
            f"-dict={self._words}",
            f"-artifact_prefix={self._findings}/",
            "-keep_seed=1",
            "-print_final_stats=1",
            "-close_fd_mask=3",
        ]

    def _judge(self, result: Result, suspected: set[Path]) -> None:
        for path in sorted(suspected):
            finding = suspects.judge(self._plan.module, path)
            if finding is None:
                result.slow_alone += 1
            else:
                result.findings.append(finding)
