"""nginx before several replicas, as deploy/nginx has it, and which of them it sends to."""

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from support.network import nginx
from support.network.ports import free_port
from support.servers.lifetime import started
from support.waiting import wait_until

TOLD = 'server {{ listen 127.0.0.1:{port}; return 200 "{generation}"; }}'
"""By which it tells which of its configurations it goes by."""


class Balancer:
    """Where nginx listens, without TLS; `send_to` has it begin, or send elsewhere from then on."""

    def __init__(self, folder: Path, process: "subprocess.Popen[bytes] | None" = None) -> None:
        self.folder = folder
        self.address = "127.0.0.1", free_port()
        self._told = free_port()
        self._generation = 0
        self.process = process

    def send_to(self, *ports: int, else_to: int | None = None) -> None:
        """Share requests out among `ports`; `else_to` gets what none of them takes.

        It returns when no new connection is shared out as before.
        """
        self._generation += 1
        lines = [f"server 127.0.0.1:{port};" for port in ports]
        lines += [] if else_to is None else [f"server 127.0.0.1:{else_to} backup;"]
        told = TOLD.format(port=self._told, generation=self._generation)
        nginx.write_config(self.folder, _adapted(self.address[1], lines), told)
        if self.process is not None:
            self.process.send_signal(signal.SIGHUP)
            wait_until(self._is_current, 0.02)

    def begin(self, process: "subprocess.Popen[bytes]") -> None:
        """`process` is the one that listens."""
        self.process = process
        wait_until(self._is_current, 0.02)

    def _is_current(self) -> bool:
        try:
            answer = httpx2.get(f"http://127.0.0.1:{self._told}", trust_env=False)
        except httpx2.HTTPError:
            return False
        return answer.text == str(self._generation)


@contextmanager
def balancing(folder: Path, *ports: int) -> Iterator[Balancer]:
    """nginx before `ports` until the end of the block."""
    folder.mkdir()
    balancer = Balancer(folder)
    balancer.send_to(*ports)
    with started(nginx.command(folder), stderr=subprocess.DEVNULL) as process:
        try:
            balancer.begin(process)
            yield balancer
        finally:
            process.terminate()


def _adapted(port: int, upstreams: list[str]) -> str:
    """The recipe without TLS, on another port, before other servers."""
    recipe = re.sub(r"^\s*ssl_.*\n", "", nginx.RECIPE, flags=re.MULTILINE)
    recipe = recipe.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    return recipe.replace("server 127.0.0.1:8000;", "\n    ".join(upstreams) + "\n    ")
