"""A real `bonaface serve` process with real weights, and an application that may use it."""

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx2

from bonaface.accounts.repository import ApplicationRepository
from bonaface.setting_sources import ENV_PREFIX, NESTING
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from support.http.wire import RawAnswer, exchange, form, head
from support.servers.environment import inherited
from support.servers.process import COMMAND, ROOT, SECONDS, ServerProcess, launched
from support.storage.accounts import ACTOR
from support.storage.counts import counted

ONE_WORKER = {"workers": 1}
"""`serving` where a test asks for no more: it starts in two thirds of the time."""
QUICK_ENGINE = {"runtime": "onnxruntime"}
"""`models` where the engine is not the point: a start takes half the processor time of OpenVINO's."""


@dataclass(frozen=True)
class Keys:
    """An application made for a test."""

    application_id: int
    app_key: str
    secret: str


@dataclass(frozen=True)
class Served(ServerProcess):
    """The process, its database, and an application that may use it."""

    storage: StorageSettings
    keys: Keys

    @property
    def path(self) -> str:
        return f"/v1.0/appkeys/{self.keys.app_key}/spoofing"

    def client(self) -> httpx2.Client:
        base = f"http://{self.address[0]}:{self.address[1]}"
        headers = {"Authorization": self.keys.secret}
        return httpx2.Client(base_url=base, headers=headers, trust_env=False, timeout=SECONDS)

    def head(self, *lines: str) -> bytes:
        """The head of a request with the right keys."""
        return head(self.path, f"Authorization: {self.keys.secret}", *lines)

    def request(self, image: bytes) -> bytes:
        """The bytes of a request with this image file."""
        return self.request_of(*form(("imageFile", "a.png", image)))

    def request_of(self, content_type: str, body: bytes) -> bytes:
        return self.head(f"Content-Type: {content_type}", f"Content-Length: {len(body)}") + body

    def post(self, content_type: str, body: bytes) -> RawAnswer:
        """The answer to a body, on a connection of its own."""
        return exchange(self.address, self.request_of(content_type, body))

    def ask(self, image: bytes) -> RawAnswer:
        return exchange(self.address, self.request(image))

    def ask_url(self, url: str) -> RawAnswer:
        return self.post("application/json", json.dumps({"image": {"url": url}}).encode())

    def counted(self) -> Counter[str]:
        """Replies to the application in the ledger, by outcome."""
        return counted(self.storage).get(self.keys.application_id, Counter())


def storage_in(folder: Path) -> StorageSettings:
    return StorageSettings(directory=folder / "data")


def make_keys(storage: StorageSettings) -> Keys:
    """A new application in a database, which is migrated."""
    with Database(storage) as database:
        database.migrate()
        made, _, secret = ApplicationRepository(database).create_application("shop", actor=ACTOR)
    return Keys(made.id, made.app_key, secret)


@contextmanager
def serving(
    folder: Path,
    models: Path,
    /,
    *,
    storage: StorageSettings | None = None,
    keys: Keys | None = None,
    command: Sequence[str] = COMMAND,
    ready: bool = True,
    traced: bool = False,
    stdout: int = subprocess.PIPE,
    stderr: IO[bytes] | int | None = None,
    **sections: Mapping[str, object],
) -> Iterator[Served]:
    """Serve from `folder` until the end of the block, with `sections` of settings; killed there if need be.

    `storage`: a database elsewhere. `keys`: those of an earlier process. `traced`: see `environment`; for
    those that end in order. The rest: see `launched`.
    """
    folder.mkdir(exist_ok=True)
    storage = storage or storage_in(folder)
    keys = keys or make_keys(storage)
    told = environment(storage, models, sections, traced=traced)
    with launched(folder / "log", told, command=command, ready=ready, stdout=stdout, stderr=stderr) as server:
        yield Served(server.process, server.address, server.log_file, storage, keys)


def environment(
    storage: StorageSettings,
    models: Path,
    sections: Mapping[str, Mapping[str, object]],
    *,
    traced: bool = False,
) -> dict[str, str]:
    """This process's environment with other settings."""
    place = {"directory": storage.directory, **storage.model_dump(exclude_unset=True, exclude_none=True)}
    sections = {**sections, "storage": place}
    sections["models"] = {**sections.get("models", {}), "directory": models}
    named = {
        f"{ENV_PREFIX}{section}{NESTING}{name}".upper(): str(value)
        for section, values in sections.items()
        for name, value in values.items()
    }
    tests = os.pathsep.join([str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    return inherited(traced=traced) | named | {"PYTHONPATH": tests}
