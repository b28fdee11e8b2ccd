"""nginx before several replicas, as deploy/nginx has it, and which of them it sends to."""

import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from support.network.ports import free_port
from support.servers.lifetime import started
from support.waiting import wait_until

RECIPE = Path(__file__).resolve().parents[3] / "deploy" / "nginx" / "bonaface.conf"
MAIN = """
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/bonaface.conf;
    server {{ listen 127.0.0.1:{told}; return 200 "{generation}"; }}
}}
"""
PROGRAM = shutil.which("nginx", path="/usr/sbin:/usr/bin")


def why_not() -> str | None:
    """Why there can be no nginx here; None where there can."""
    return None if PROGRAM else "needs nginx"


class Balancer:
    """Where nginx listens, without TLS; `send_to` has it begin, or send elsewhere from then on."""

    def __init__(self, folder: Path, process: "subprocess.Popen[bytes] | None" = None) -> None:
        self.folder = folder
        self.address = "127.0.0.1", free_port()
        self._told = free_port()
        self._generation = 0
        self.process = process

    @property
    def command(self) -> list[str]:
        return [str(PROGRAM), "-p", str(self.folder), "-c", str(self.folder / "main.conf")]

    def send_to(self, *ports: int, else_to: int | None = None) -> None:
        """Share requests out among `ports`; `else_to` gets what none of them takes.

        It returns when no new connection is shared out as before.
        """
        self._generation += 1
        lines = [f"server 127.0.0.1:{port};" for port in ports]
        lines += [] if else_to is None else [f"server 127.0.0.1:{else_to} backup;"]
        (self.folder / "bonaface.conf").write_text(_adapted(self.address[1], lines), "utf-8")
        main = MAIN.format(folder=self.folder, told=self._told, generation=self._generation)
        (self.folder / "main.conf").write_text(main, "utf-8")
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
    with started(balancer.command, stderr=subprocess.DEVNULL) as process:
        try:
            balancer.begin(process)
            yield balancer
        finally:
            process.terminate()


def _adapted(port: int, upstreams: list[str]) -> str:
    """The recipe without TLS, on another port, before other servers."""
    recipe = re.sub(r"^\s*ssl_.*\n", "", RECIPE.read_text("utf-8"), flags=re.MULTILINE)
    recipe = recipe.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    return recipe.replace("server 127.0.0.1:8000;", "\n    ".join(upstreams) + "\n    ")
