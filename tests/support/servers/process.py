"""A process of `bonaface serve`: the one place where tests and benchmarks start one."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from bonaface.setting_sources import ENV_PREFIX
from support.http.wire import exchange, head
from support.network.ports import free_port
from support.servers.lifetime import started
from support.waiting import wait_until

ROOT = Path(__file__).resolve().parents[3]
COMMAND = (sys.executable, "-m", "bonaface", "serve")
ANNOUNCED = "bonaface answers at "
"""What it prints when its models are warm."""
PAUSE = 0.05
"""Between two questions whether it answers: its workers give way to all others, and need time to load."""
SECONDS = 60
"""A process that takes longer for anything fails the test."""


@dataclass(frozen=True)
class ServerProcess:
    """The process, where it listens, its log file, and what it takes of the machine."""

    process: subprocess.Popen[str]
    address: tuple[str, int]
    log_file: Path

    def get(self, path: str) -> tuple[int, Any]:
        """Status and JSON of a page."""
        answer = exchange(self.address, head(path, "Connection: close", method="GET"))
        return answer.status, answer.json

    def answers(self, path: str) -> bool:
        """Whether `path` gives 200. Fails when the process has ended."""
        assert self.process.poll() is None, self.log_text()
        try:
            return self.get(path)[0] == 200
        except OSError:
            return False

    def wait_for_announcement(self) -> str:
        """Return when its models are warm, with the URL that it prints then. Fails when it ends before."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith(ANNOUNCED), self.log_text()
        return line.removeprefix(ANNOUNCED).split()[0]

    def log_text(self) -> str:
        return self.log_file.read_text("utf-8", "replace")

    def log(self) -> list[dict[str, Any]]:
        """The lines written so far, each whole."""
        return [json.loads(line) for line in self.log_text().splitlines()]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.log() if line["event"] == name]

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self, seconds: float = SECONDS) -> int:
        """The exit status. Fails when the process does not end in time."""
        return self.process.wait(seconds)

    def stop(self) -> None:
        """Ask it to stop, which it must obey."""
        self.send(signal.SIGTERM)
        assert self.wait() in (0, -signal.SIGTERM)

    @property
    def memory(self) -> int:
        """Resident memory in KB."""
        return self._status("VmRSS")

    @property
    def peak_memory(self) -> int:
        """The most that `memory` ever was."""
        return self._status("VmHWM")

    @property
    def threads(self) -> int:
        return self._status("Threads")

    @property
    def files(self) -> int:
        """Open descriptors."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    @property
    def processor_seconds(self) -> float:
        """Processor time used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _status(self, name: str) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(rf"^{name}:\s+(\d+)", status, re.MULTILINE)
        assert found is not None
        return int(found[1])


@contextmanager
def launched(
    log_file: Path,
    environment: Mapping[str, str],
    *,
    command: Sequence[str] = COMMAND,
    ready: bool = True,
    stdout: int = subprocess.PIPE,
    stderr: IO[bytes] | int | None = None,
) -> Iterator[ServerProcess]:
    """Serve on a free port while the block runs; killed at its end if it has not ended, or with us.

    It answers when the block begins; with `ready`, its models are warm. The log goes to `log_file` unless
    `stderr` is given. `stdout`: given where nobody is to read it.
    """
    address = "127.0.0.1", free_port()
    told = {**environment, f"{ENV_PREFIX}SERVER__PORT": str(address[1])}
    with (
        log_file.open("ab") as log,
        started(
            command,
            stdout=stdout,
            stderr=log if stderr is None else stderr,
            text=True,
            cwd=ROOT,
            env=told,
        ) as process,
    ):
        try:
            server = ServerProcess(process, address, log_file)
            _wait_for(server, ready=ready)
            yield server
        finally:
            process.kill()


def _wait_for(server: ServerProcess, *, ready: bool) -> None:
    if ready and server.process.stdout is not None:
        server.wait_for_announcement()
    else:
        wait_until(lambda: server.answers("/readyz" if ready else "/healthz"), PAUSE)
