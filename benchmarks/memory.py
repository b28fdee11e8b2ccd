"""What a server and its worker processes hold."""

from pathlib import Path


def memory_of(pid: int) -> list[float]:
    """Megabytes (proportional set size) of a process and of each that it began, or these did; 0 of one that
    has ended."""
    return [_proportional(one) for one in (pid, *descendants_of(pid))]


def descendants_of(pid: int) -> list[int]:
    """The processes that a process began, and those that they began."""
    return [one for child in children_of(pid) for one in (child, *descendants_of(child))]


def children_of(pid: int) -> list[int]:
    """The processes that a process began."""
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for file in found for child in _text(file).split()]


def _text(file: Path) -> str:
    """Empty once the process has ended."""
    try:
        return file.read_text()
    except OSError:
        return ""


def _proportional(pid: int) -> float:
    """Memory that several processes share counts in parts."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
