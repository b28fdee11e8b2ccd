"""Real cgroups of this machine, of either version, with limits as a container engine sets them."""

import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from support.waiting import wait_until

ROOT = Path("/sys/fs/cgroup")
PERIOD = 100_000
"""Microseconds; the kernel's own default."""
FIRST = {"cpu": "cpu.cfs_quota_us", "memory": "memory.limit_in_bytes", "pids": "pids.max"}
"""The file of each controller's limit in version 1."""
SECOND = {"cpu": "cpu.max", "memory": "memory.max", "pids": "pids.max"}


def need(*controllers: str) -> None:
    """Skip with the reason where no cgroup with these controllers can be made, as in many a container."""
    for name in controllers:
        parent = _parent(name)
        if parent is None:
            pytest.skip(f"needs cgroups with the controller {name}")
        if os.geteuid() != 0 or not os.access(parent, os.W_OK):
            pytest.skip("needs leave to make cgroups (root)")


@contextmanager
def limited(
    *, cores: float | None = None, memory: int | None = None, processes: int | None = None
) -> Iterator[Sequence[Path]]:
    """Cgroups without a limit of their own, inside one that allows so many processors' worth of time, bytes,
    and processes and threads."""
    given = {"cpu": None if cores is None else round(cores * PERIOD), "memory": memory, "pids": processes}
    limits: dict[Path, dict[str, int]] = {}
    for name, limit in given.items():
        parent = _parent(name)
        if limit is not None and parent is not None:
            limits.setdefault(parent, {})[name] = limit
    with ExitStack() as stack:
        yield [stack.enter_context(_nested(parent, wanted)) for parent, wanted in limits.items()]


def inside(cgroups: Sequence[Path], *command: str) -> list[str]:
    """The command line that runs `command` in `cgroups`."""
    joining = "".join(f"echo $$ >{cgroup}/cgroup.procs; " for cgroup in cgroups)
    return ["sh", "-euc", f'{joining}exec "$@"', "sh", *command]


def join(cgroups: Sequence[Path], processes: Sequence[int]) -> None:
    """Put processes that run already into `cgroups`, with whatever they start from now on."""
    for cgroup in cgroups:
        for process in processes:
            (cgroup / "cgroup.procs").write_text(str(process))


def favour(cgroups: Sequence[Path]) -> None:
    """Have what runs in `cgroups` get what their limits allow, whatever else wants the processors."""
    for cgroup in cgroups:
        second = cgroup.parent / "cpu.weight"
        if second.exists():
            second.write_text("10000")
        else:
            (cgroup.parent / "cpu.shares").write_text("100000")


def _parent(controller: str) -> Path | None:
    """Where a cgroup with this controller can be made."""
    if (ROOT / controller / "cgroup.procs").exists():
        return ROOT / controller
    control = ROOT / "cgroup.subtree_control"
    return ROOT if control.exists() and controller in control.read_text().split() else None


@contextmanager
def _nested(parent: Path, limits: Mapping[str, int]) -> Iterator[Path]:
    outer = parent / f"bonaface-{secrets.token_hex(4)}"
    inner = outer / "inner"
    outer.mkdir()
    try:
        for name, limit in limits.items():
            first, second = outer / FIRST[name], outer / SECOND[name]
            is_pair = name == "cpu" and second.exists()
            (second if second.exists() else first).write_text(f"{limit} {PERIOD}" if is_pair else str(limit))
        if (outer / "cgroup.subtree_control").exists():
            (outer / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in limits))
        inner.mkdir()
        try:
            yield inner
        finally:
            wait_until(lambda: not (inner / "cgroup.procs").read_text())  # a killed server's workers end soon
            inner.rmdir()
    finally:
        outer.rmdir()


def peak_memory(cgroup: Path) -> int:
    """The most bytes that the processes under a limit ever had, files in the page cache included.

    `cgroup` is one that `limited` gave.
    """
    second = cgroup.parent / "memory.peak"
    return int((second if second.exists() else cgroup.parent / "memory.max_usage_in_bytes").read_text())


def killed(cgroup: Path) -> int:
    """How many processes under a limit the kernel has ended for want of memory."""
    second = cgroup.parent / "memory.events"
    told = (second if second.exists() else cgroup.parent / "memory.oom_control").read_text()
    return int(re.findall(r"^oom_kill (\d+)", told, re.MULTILINE)[0])
