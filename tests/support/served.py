"""A real `bonaface serve` process with real weights: its keys, its log, and what it takes of the machine."""

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx2

from bonaface.accounts.repository import ApplicationRepository
from bonaface.settings import ENV_PREFIX, NESTING, StorageSettings
from bonaface.storage.database import Database
from support.accounts import ACTOR
from support.environment import inherited
from support.ledger_proof import counted
from support.ports import free_port
from support.server import wait_until
from support.wire import RawAnswer, exchange, form, head

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "bonaface", "serve")
PAUSE = 0.05
"""Between two questions whether it is ready: its workers give way to all others, and need time to load."""
SECONDS = 60
"""A process that takes longer for anything fails the test."""


@dataclass(frozen=True)
class Keys:
    """An application made for a test."""

    application_id: int
    app_key: str
    secret: str


@dataclass(frozen=True)
class Served:
    """The process, where it listens, and an application that may use it."""

    process: subprocess.Popen[bytes]
    folder: Path
    address: tuple[str, int]
    keys: Keys

    @property
    def path(self) -> str:
        return f"/v1.0/appkeys/{self.keys.app_key}/spoofing"

    @property
    def storage(self) -> StorageSettings:
        return storage_in(self.folder)

    def client(self) -> httpx2.Client:
        base = f"http://{self.address[0]}:{self.address[1]}"
        headers = {"Authorization": self.keys.secret}
        return httpx2.Client(base_url=base, headers=headers, trust_env=False, timeout=SECONDS)

    def get(self, path: str) -> tuple[int, Any]:
        """Status and JSON of a page."""
        answer = exchange(self.address, head(path, "Connection: close", method="GET"))
        return answer.status, answer.json

    def request(self, image: bytes) -> bytes:
        """The bytes of a request with this image file."""
        content_type, body = form(("imageFile", "a.png", image))
        return self.request_of(content_type, body)

    def request_of(self, content_type: str, body: bytes) -> bytes:
        lines = f"Content-Type: {content_type}", f"Content-Length: {len(body)}"
        return head(self.path, f"Authorization: {self.keys.secret}", *lines) + body

    def ask(self, image: bytes) -> RawAnswer:
        return exchange(self.address, self.request(image))

    def ask_url(self, url: str) -> RawAnswer:
        body = json.dumps({"image": {"url": url}}).encode()
        return exchange(self.address, self.request_of("application/json", body))

    def log(self) -> list[dict[str, Any]]:
        """The lines written so far, each whole."""
        return [json.loads(line) for line in (self.folder / "log").read_text().splitlines()]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.log() if line["event"] == name]

    def counted(self) -> Counter[str]:
        """Replies to the application in the ledger, by outcome."""
        return counted(self.storage).get(self.keys.application_id, Counter())

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self, seconds: float = SECONDS) -> int:
        """The exit status. Fails when the process does not end in time."""
        return self.process.wait(seconds)

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


def storage_in(folder: Path) -> StorageSettings:
    return StorageSettings(directory=folder / "data")


def make_keys(folder: Path) -> Keys:
    """A new application in the database of `folder`."""
    with Database(storage_in(folder)) as database:
        database.migrate()
        made, _, secret = ApplicationRepository(database).create_application("shop", actor=ACTOR)
    return Keys(made.id, made.app_key, secret)


@contextmanager
def serving(
    folder: Path,
    models: Path,
    /,
    *,
    keys: Keys | None = None,
    command: Sequence[str] = COMMAND,
    ready: bool = True,
    traced: bool = False,
    stdout: int = subprocess.DEVNULL,
    stderr: IO[bytes] | int | None = None,
    **sections: Mapping[str, object],
) -> Iterator[Served]:
    """Serve from `folder` until the end of the block, with `sections` of settings; killed there if need be.

    The log goes to a file that `log` reads unless `stderr` is given. `keys`: those of an earlier process.
    `traced`: see `support.environment`; for those that end in order.
    """
    folder.mkdir(exist_ok=True)
    keys = keys or make_keys(folder)
    address = "127.0.0.1", free_port()
    settings = {**sections, "server": {"port": address[1], **sections.get("server", {})}}
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen(
            command,
            stdout=stdout,
            stderr=log if stderr is None else stderr,
            cwd=ROOT,
            env=environment(folder, models, settings, traced=traced),
        ) as process,
    ):
        try:
            served = Served(process, folder, address, keys)
            wait_until(lambda: answers(served, "/readyz" if ready else "/healthz"), PAUSE)
            yield served
        finally:
            process.kill()


def answers(served: Served, path: str) -> bool:
    """Whether `path` gives 200. Fails when the process has ended."""
    assert served.process.poll() is None, (served.folder / "log").read_text()
    try:
        return served.get(path)[0] == 200
    except OSError:
        return False


def environment(
    folder: Path, models: Path, sections: Mapping[str, Mapping[str, object]], *, traced: bool = False
) -> dict[str, str]:
    """This process's environment with other settings."""
    sections = {**sections, "storage": {"directory": folder / "data"}}
    sections["models"] = {**sections.get("models", {}), "directory": models}
    named = {
        f"{ENV_PREFIX}{section}{NESTING}{name}".upper(): str(value)
        for section, values in sections.items()
        for name, value in values.items()
    }
    tests = os.pathsep.join([str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    return inherited(traced=traced) | named | {"PYTHONPATH": tests}
