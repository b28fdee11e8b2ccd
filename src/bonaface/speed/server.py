"""A `bonaface serve` in a process of its own, with a database of its own, for as long as it is measured."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from bonaface.accounts.audit import Actor
from bonaface.accounts.repository import ApplicationRepository
from bonaface.errors import BonafaceError
from bonaface.setting_sources import ENV_PREFIX, NESTING
from bonaface.settings import LimitSettings, MetricsSettings, Settings, StorageSettings, TracingSettings
from bonaface.storage.database import Database

ACTOR = Actor("bench", "local")
HOST = "127.0.0.1"
STOP_SECONDS = 30
ANNOUNCED = ["bonaface", "answers", "at"]


@dataclass(frozen=True, slots=True)
class Served:
    """A server whose models are warm: its process, where it listens, keys to it.

    `seconds` passed from the start of the process to the line that says that it answers.
    """

    process: "subprocess.Popen[str]"
    address: tuple[str, int]
    app_key: str
    secret: str = field(repr=False)
    seconds: float


@contextmanager
def served(settings: Settings, folder: Path) -> Iterator[Served]:
    """Serve as `settings` say, but on a free port of this machine, and with database and log in `folder`.

    The server is asked to stop at the end of the block. Raises BonafaceError when it does not start.
    """
    own = apart(settings, folder)
    app_key, secret = _make_keys(own.storage)
    log = folder / "log"
    command = [sys.executable, "-m", "bonaface", "serve"]
    begun = time.perf_counter()
    with (
        log.open("wb") as written,
        subprocess.Popen(  # noqa: S603 - this very interpreter
            command, stdout=subprocess.PIPE, stderr=written, text=True, env=environment(own)
        ) as process,
    ):
        try:
            address = _address(process, log)
            yield Served(process, address, app_key, secret, time.perf_counter() - begun)
        finally:
            _stop(process)


def apart(settings: Settings, folder: Path) -> Settings:
    """`settings` for a server that shares nothing with one that may run beside it."""
    server = settings.server.model_copy(update={"host": HOST, "port": 0})
    changes = {
        "server": server,
        "storage": StorageSettings(directory=folder),
        "limits": LimitSettings(),
        "metrics": MetricsSettings(port=None),
        "tracing": TracingSettings(endpoint=None),
    }
    return settings.model_copy(update=changes)


def environment(settings: Settings) -> dict[str, str]:
    """This process's environment, but every setting as `settings` say, wherever they came from."""
    inherited = {name: value for name, value in os.environ.items() if not name.upper().startswith(ENV_PREFIX)}
    told = settings.model_dump(mode="json", exclude_none=True)
    return inherited | {
        f"{ENV_PREFIX}{section}{NESTING}{name}".upper(): _text(value)
        for section, values in told.items()
        for name, value in values.items()
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _make_keys(storage: StorageSettings) -> tuple[str, str]:
    with Database(storage) as database:
        database.migrate()
        made, _, secret = ApplicationRepository(database).create_application("bench", actor=ACTOR)
    return made.app_key, secret


def _address(process: "subprocess.Popen[str]", log: Path) -> tuple[str, int]:
    assert process.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
    words = process.stdout.readline().split()
    if words[:3] != ANNOUNCED:
        lines = log.read_text("utf-8", "replace").splitlines()
        raise BonafaceError(f"The server did not start: {lines[-1] if lines else 'it said nothing'}")
    host, port = words[3].removeprefix("http://").rsplit(":", 1)
    return host, int(port)


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
