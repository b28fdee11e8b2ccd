"""One installation in folders of the test: its server process, and the command beside it."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from bonaface.setting_sources import ENV_PREFIX
from support.servers.environment import inherited
from support.servers.process import COMMAND, ServerProcess, launched

SECONDS = 60
"""Longer than any of them takes; then the test fails."""

Wrap = Callable[..., Sequence[str]]


def as_it_is(*command: str) -> Sequence[str]:
    """Run a command as anyone would."""
    return command


@dataclass(frozen=True)
class Home:
    """Folders and environment of one installation.

    `wrap` turns a command into how it is run; `traced`: see `inherited`.
    """

    folder: Path
    models: Path
    wrap: Wrap = as_it_is
    extra: Mapping[str, str] = field(default_factory=dict)
    traced: bool = False

    @property
    def data(self) -> Path:
        """Where the database is."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server wrote to standard error."""
        return self.folder / "log"

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the developer's own: a home and a folder for temporary files, settings, and `extra`."""
        for name in ("home", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        return inherited(traced=self.traced) | {
            "HOME": str(self.folder / "home"),
            "XDG_CACHE_HOME": str(self.folder / "home" / "cache"),
            "XDG_DATA_HOME": str(self.folder / "home" / "share"),
            "TMPDIR": str(self.folder / "tmp"),
            f"{ENV_PREFIX}STORAGE__DIRECTORY": str(self.data),
            f"{ENV_PREFIX}MODELS__DIRECTORY": str(self.models),
            **self.extra,
        }

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python to its end; the caller looks at the exit status."""
        return subprocess.run(
            self.wrap(sys.executable, *arguments),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )

    def command(self, *arguments: str) -> str:
        """What `bonaface ARGUMENTS` prints. Fails unless it ends well."""
        done = self.python("-m", "bonaface", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def keys(self, *options: str) -> tuple[str, str]:
        """appKey and secretKey of a new application."""
        made = orjson.loads(self.command("keys", "create", "--name", "shop", "--json", *options))
        return made["appKey"], made["secretKey"]

    def token(self) -> str:
        """A token of the admin API."""
        made = orjson.loads(self.command("admin", "token", "create", "--name", "console", "--json"))
        return str(made["token"])

    @contextmanager
    def served(self) -> Iterator[ServerProcess]:
        """A server that answers; stopped with SIGTERM at the end of the block, which it must obey."""
        with launched(self.log, self.environment, command=self.wrap(*COMMAND)) as server:
            try:
                yield server
            finally:
                server.stop()
