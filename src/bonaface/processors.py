"""How many processors this process may use: those of its affinity, or the CPU quota of its cgroups.

A quota bounds time, not processors: 64 cores with a quota of two run 64 threads, each of which then stands
still for most of every period. Go (1.25) and the JVM size their pools by the quota for that reason.
"""

import math
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePosixPath

SELF = Path("/proc/self")
NUMBER = re.compile("[0-9]{1,20}")
"""What the kernel writes for microseconds; `max` and -1 are no limit."""
ESCAPED = re.compile(r"\\([0-7]{3})")


def usable_processors() -> int:
    """Processors that this process may use, one at least; a quota of a part of one is rounded up."""
    cores, quota = affinity(), cpu_quota()
    return cores if quota is None else min(cores, math.ceil(quota))


def affinity() -> int:
    """Processors that the scheduler may run this process on; 1 where the system does not tell."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def cpu_quota(process: Path = SELF) -> Fraction | None:
    """Processors' worth of time that the cgroups of a process allow; None where they set no limit.

    `process` is its folder in /proc.

    The smallest quota counts of its cgroup and of all above it, up to the root of the mount (a limit stands
    where a container engine or systemd wrote it), in both hierarchies where a machine has both.
    Files: cgroups(7), proc(5), and the kernel's admin-guide/cgroup-v2 and scheduler/sched-bwc.
    """
    places, mounts = _lines(process / "cgroup"), _lines(process / "mountinfo")
    quotas = [
        quota
        for hierarchy in _hierarchies(mounts)
        for folder in _folders(hierarchy, places)
        if (quota := _quota(folder, hierarchy.is_second)) is not None
    ]
    return min(quotas, default=None)


@dataclass(frozen=True, slots=True)
class _Hierarchy:
    """A mount that may limit processors: where it is, and which cgroup is seen there."""

    is_second: bool
    """Whether it is of version 2."""
    root: PurePosixPath
    point: Path


def _hierarchies(mounts: Sequence[str]) -> Iterator[_Hierarchy]:
    """Those of the lines of a mountinfo file."""
    for line in mounts:
        before, _, after = line.partition(" - ")
        fields, kind = before.split(" "), after.split(" ")
        is_second = kind[0] == "cgroup2"
        if len(fields) > 4 and (is_second or (kind[0] == "cgroup" and _has_cpu(kind[-1]))):
            root, point = map(_unescaped, fields[3:5])
            yield _Hierarchy(is_second, PurePosixPath(root), Path(point))


def _folders(hierarchy: _Hierarchy, places: Sequence[str]) -> Iterator[Path]:
    """Of the cgroup of a process and of those above it, from the lines of its cgroup file."""
    for line in places:
        controllers, _, place = line.partition(":")[2].partition(":")
        is_there = not controllers if hierarchy.is_second else _has_cpu(controllers)
        steps = place.split("/")
        if is_there and len(steps) > 1 and ".." not in steps:  # those are out of this namespace's sight
            below = _below(PurePosixPath(place), hierarchy.root)
            yield from (hierarchy.point / part for part in (below, *below.parents))


def _has_cpu(controllers: str) -> bool:
    return "cpu" in controllers.split(",")


def _below(place: PurePosixPath, root: PurePosixPath) -> PurePosixPath:
    """`place` as seen from `root`; the root itself for a container that is shown its host's names."""
    return place.relative_to(root) if place.is_relative_to(root) else PurePosixPath()


def _quota(folder: Path, is_second: bool) -> Fraction | None:
    """What one cgroup allows."""
    if is_second:
        words = _words(folder / "cpu.max")
    else:
        words = [*_words(folder / "cpu.cfs_quota_us"), *_words(folder / "cpu.cfs_period_us")]
    if len(words) != 2 or not all(NUMBER.fullmatch(word) for word in words):
        return None
    quota, period = map(int, words)
    return Fraction(quota, period) if quota and period else None


def _words(file: Path) -> list[str]:
    return " ".join(_lines(file)).split()


def _lines(file: Path) -> list[str]:
    """None where it cannot be read: a limit that is not told is none."""
    try:
        return file.read_text("utf-8", "surrogateescape").split("\n")
    except (OSError, ValueError):
        return []


def _unescaped(name: str) -> str:
    """A path of a mountinfo file: blanks and backslashes are octal there."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 8)), name)
