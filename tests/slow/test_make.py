"""Targets of `make help` that take seconds, started one after the other in an order of chance.

In one clean clone, without models, a database or keys, on the environment of this run: setting that up is
what CI begins with (`.ci/run`). What the others would do: `tests/system/deploy/test_make.py`.
"""

import os
import random
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from support.docs.checkout import copied
from support.network.ports import free_port
from support.servers.environment import inherited
from support.servers.lifetime import started

VENV = Path(sys.executable).parent.parent
STAMPS = (".python", ".run", ".test")
Start = Callable[["Clone"], None]
ONE_TEST = {
    "test-quick": "--ignore-glob=*/tests/unit/[!s]* -k settings",
    "prove-faults": "--ignore-glob=*/test_[!w]* -k hangs_while_it_loads",
}
"""Of targets that run tests: one that needs models, the others not even read."""


@dataclass(frozen=True)
class Clone:
    """A clean clone, and what a person has who has just made it."""

    folder: Path
    environment: dict[str, str]

    def command(self, target: str, *variables: str) -> list[str]:
        """The environment is taken as it is, whatever the dates of the copied files."""
        taken = [part for stamp in STAMPS for part in ("--old-file", f".venv/{stamp}")]
        return ["make", target, *variables, *taken]

    def run(self, target: str, *variables: str) -> str:
        added = {"PYTEST_ADDOPTS": ONE_TEST[target]} if target in ONE_TEST else {}
        command = self.command(target, *variables)
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment | added, capture_output=True, text=True
        )
        assert done.returncode == 0, (target, done.stdout + done.stderr)
        return done.stdout

    def link_environment(self) -> None:
        (self.folder / ".venv").symlink_to(VENV)


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    without = ("MAKE", "REQUIRE_", "XDG_", "PYTEST_")
    kept = {name: value for name, value in inherited().items() if not name.startswith(without)}
    home = tmp_path / "home"
    home.mkdir()
    kept |= {"XDG_DATA_HOME": str(home / "data"), "XDG_CACHE_HOME": str(home / "cache"), "HOME": str(home)}
    made = Clone(copied(tmp_path / "clone"), kept)
    made.link_environment()
    yield made
    with suppress(FileNotFoundError):
        (made.folder / ".venv").unlink()


def serves(clone: Clone) -> None:
    """`make run` prints a curl line that works, and Ctrl+C ends it."""
    with started(
        clone.command("run", f"PORT={free_port()}"),
        cwd=clone.folder,
        env=clone.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            printed.append(line)
            if line.startswith("curl "):
                break
        else:
            pytest.fail("".join(printed))
        call = [*shlex.split(printed[-1]), "--silent", "--noproxy", "*"]
        answer = orjson.loads(subprocess.run(call, cwd=clone.folder, capture_output=True, check=True).stdout)
        assert answer["data"]["faceDetailCount"] == 1
        os.killpg(process.pid, signal.SIGINT)
        process.communicate()


def cleans(clone: Clone) -> None:
    clone.run("clean")
    assert not (clone.folder / ".venv").exists()
    clone.link_environment()


def prints(target: str, words: str, *variables: str) -> Start:
    """A target that ends well, and says so in these words."""

    def start(clone: Clone) -> None:
        assert words in clone.run(target, *variables)

    return start


STARTED: dict[str, Start] = {
    "help": prints("help", "make prove-faults"),
    "setup": prints("setup", "bonaface-pad: verified"),
    "run": serves,
    "stages": prints("stages", "whole call"),
    "format": prints("format", "All checks passed"),
    "pages": prints("pages", "1 passed"),
    "sbom": prints("sbom", "components"),
    "test-quick": prints("test-quick", " passed", "TEST_PROCESSES=0"),
    "prove-faults": prints("prove-faults", "1 passed"),
    "clean": cleans,
}


@pytest.mark.timeout(900)
def test_they_work_in_any_order(clone: Clone) -> None:
    before = {path: path.read_bytes() for path in clone.folder.rglob("*.*") if path.is_file()}
    for target in random.sample(sorted(STARTED), len(STARTED)):
        STARTED[target](clone)
    assert {path: path.read_bytes() for path in before if path.is_file()} == before
