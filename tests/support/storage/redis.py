"""A real Redis server of the tests' own: Debian's binary, a private port, nothing on disk."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from support.network.ports import free_port
from support.servers.lifetime import started

PROGRAM = "redis-server"
SECONDS = 60


def why_not() -> str | None:
    """Why no server can be started here; None where one can."""
    return None if shutil.which(PROGRAM) else "needs Redis (Debian: apt-get install redis-server)"


@contextmanager
def running_redis() -> Iterator[str]:
    """The URL of a server that runs while the block does."""
    port = free_port()
    command = [PROGRAM, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    with started(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    ends = time.monotonic() + SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=SECONDS).close()
        except ConnectionRefusedError:
            if time.monotonic() > ends:
                raise TimeoutError("Redis did not start") from None
            time.sleep(0.01)
        else:
            return
