"""A Ray cluster as an operator starts one, with `ray start`, and the actors of a job on it."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.memory import descendants_of

from bonaface.bulk.ray_data import ADDRESS, JOINING
from support.network.ports import free_port
from support.servers.environment import inherited
from support.servers.lifetime import started

RAY = (sys.executable, "-m", "ray.scripts.scripts")
PORTS = (
    "node-manager-port",
    "object-manager-port",
    "dashboard-agent-listen-port",
    "dashboard-agent-grpc-port",
    "runtime-env-agent-port",
    "metrics-export-port",
)
ANY_PORTS = ("--min-worker-port=0", "--max-worker-port=0")
"""Those of its processes are the kernel's choice."""
OBJECTS = 256 * 1024 * 1024
BEGUN = "Ray runtime started."
ACTOR = "JudgeActor"


@dataclass(frozen=True)
class Node:
    """One node of a cluster. address: of the cluster; token: that it asks for."""

    process: "subprocess.Popen[Any]"
    address: str
    token: str

    @property
    def environment(self) -> dict[str, str]:
        """For whoever joins the cluster."""
        return {ADDRESS: self.address, **_with_token(self.token)}

    @property
    def actors(self) -> list[int]:
        """Processes of actors that run here."""
        return actors_of(self.process.pid)

    @property
    def is_well(self) -> bool:
        """Whether it runs, and can be joined again from this machine's network."""
        command = [sys.executable, "-c", JOINING, self.address]
        done = subprocess.run(command, env=os.environ | self.environment, check=False)
        return self.process.poll() is None and done.returncode == 0


@contextmanager
def head(host: str | None = None, inside: Sequence[str] = ()) -> Iterator[Node]:
    """The first node, with one processor. host: its address; inside: what runs a command there."""
    own, port, token = host or _own_address(), free_port(), secrets.token_hex(16)
    options = ("--head", f"--port={port}", "--include-dashboard=false")
    with _started(options, own, token, inside) as process:
        yield Node(process, f"{own}:{port}", token)


@contextmanager
def joined(first: Node, host: str, inside: Sequence[str] = ()) -> Iterator[Node]:
    """One more, with another processor."""
    with _started((f"--address={first.address}",), host, first.token, inside) as process:
        yield Node(process, first.address, first.token)


@contextmanager
def _started(
    options: Sequence[str], host: str, token: str, inside: Sequence[str]
) -> Iterator["subprocess.Popen[Any]"]:
    folder = tempfile.mkdtemp(prefix="ray-")  # short: sockets of the system lie in there
    own = (f"--node-ip-address={host}", "--num-cpus=1", f"--object-store-memory={OBJECTS}")
    ports = [f"--{name}={free_port()}" for name in PORTS]
    temporary = (f"--temp-dir={folder}",) if "--head" in options else ()
    command = [*inside, *RAY, "start", *options, *own, *ports, *ANY_PORTS, *temporary, "--block"]
    environment = {**inherited(), **_with_token(token), "RAY_USAGE_STATS_ENABLED": "0"}
    told: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    try:
        with started(command, env=environment, **told) as process:
            try:
                _wait_for(process)
                yield process
            finally:
                process.terminate()  # it ends all that it began
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_token(token: str) -> dict[str, str]:
    return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token}


def _wait_for(process: "subprocess.Popen[str]") -> None:
    told = []
    assert process.stdout is not None
    for line in process.stdout:
        told.append(line)
        if BEGUN in line:
            return
    raise RuntimeError("".join(told))


def _own_address() -> str:
    """Of this machine: Ray takes the loopback address for it, too."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("198.51.100.1", 9))  # nothing is sent
        except OSError:
            return "127.0.0.1"
        return str(asked.getsockname()[0])


def actors_of(pid: int) -> list[int]:
    """Processes of actors among those that a process began."""
    return [one for one in descendants_of(pid) if ACTOR in _command(one)]


def _command(pid: int) -> str:
    """Its command line; empty once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""
