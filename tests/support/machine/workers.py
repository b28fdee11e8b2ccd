"""The worker processes of a server, or of this very process."""

from pathlib import Path
from typing import IO

MARK = b"bonaface.serving.processes.fork_server"


def workers_of(pid: int) -> list[int]:
    """The processes that analyse for process `pid`, oldest first."""
    workers = [worker for server in fork_servers_of(pid) for worker in fork_servers_of(server)]
    return sorted(workers, key=lambda worker: (_began(worker), worker))


def fork_servers_of(pid: int) -> list[int]:
    """The children of process `pid` with a fork server's command line: of one, these are its workers."""
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _is_child(entry, pid)]


def _is_child(entry: Path, pid: int) -> bool:
    try:
        state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
        return state != "Z" and int(parent) == pid and MARK in (entry / "cmdline").read_bytes()
    except (OSError, ValueError):
        return False  # it ended meanwhile


def _began(pid: int) -> int:
    """When the process began, in clock ticks: its number does not tell, for numbers begin anew."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except OSError:
        return 0  # it ended meanwhile


def has_ended(pid: int) -> bool:
    """Whether a process is there no more, or only its entry, which nobody has read yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def memory_of(pid: int) -> bytes:
    """Everything that a process can write in its memory, its environment included."""
    maps = (line.split() for line in Path(f"/proc/{pid}/maps").read_text().splitlines())
    spans = [tuple(int(end, 16) for end in span.split("-")) for span, rights, *_ in maps if "w" in rights]
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        return b"".join(_part(memory, begin, end) for begin, end in spans)


def _part(memory: IO[bytes], begin: int, end: int) -> bytes:
    try:
        memory.seek(begin)
        return memory.read(end - begin)
    except OSError:  # mapped and never there
        return b""
