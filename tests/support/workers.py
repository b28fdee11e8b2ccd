"""The worker processes of a server, or of this very process."""

from pathlib import Path

MARK = b"bonaface.serving.nursery"


def workers_of(pid: int) -> list[int]:
    """The processes that analyse for process `pid`, oldest first."""
    return sorted(worker for nursery in nurseries_of(pid) for worker in nurseries_of(nursery))


def nurseries_of(pid: int) -> list[int]:
    """The children of process `pid` with the nursery's command line: for a nursery, these are its workers."""
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _is_child(entry, pid)]


def _is_child(entry: Path, pid: int) -> bool:
    try:
        state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
        return state != "Z" and int(parent) == pid and MARK in (entry / "cmdline").read_bytes()
    except (OSError, ValueError):
        return False  # it ended meanwhile
