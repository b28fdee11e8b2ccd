"""Versions of bonaface side by side: each installed for itself, its library and server ready to be asked."""

import shutil
import subprocess
import sys
import tarfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.servers.home import Home

ROOT = Path(__file__).resolve().parents[1]
AGENT = Path(__file__).with_name("library_agent.py")
MODELS = Path("models")
VERSIONS = ROOT / "var" / "versions"
"""Older versions that were installed to be measured against, by commit."""
INSTALLED = "installed"


@contextmanager
def checked_out(commit: str, folder: Path) -> Iterator[Path]:
    """`commit` in a git worktree of its own until the end of the block."""
    tree = folder / "tree"
    _git("worktree", "add", "--quiet", "--detach", str(tree), commit)
    try:
        yield tree
    finally:
        _git("worktree", "remove", "--force", str(tree))


def kept(commit: str) -> Path:
    """The Python that has `commit`, installed the first time (a minute, 1 GB in `var`) and kept."""
    folder = VERSIONS / commit
    python, stamp = folder / "venv" / "bin" / "python", folder / INSTALLED
    if not stamp.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _export(commit, folder / "tree")
        installed(folder / "tree", folder)
        stamp.touch()
    return python


def _export(commit: str, tree: Path) -> None:
    """The files of a commit in a folder of their own, which no git worktree need be cleaned up for."""
    archive = tree.with_suffix(".tar")
    _git("archive", "--format=tar", "--output", str(archive), commit)
    with tarfile.open(archive) as files:
        files.extractall(tree, filter="data")
    archive.unlink()


def installed(tree: Path, folder: Path) -> Path:
    """The Python of a new environment with what `tree` pins, and `tree` itself."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(tree / "requirements" / "run.txt")], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(tree)], check=True)
    return python


@dataclass(frozen=True, slots=True)
class Side:
    """One version: the Python that has it, a folder for what its processes write. Settings as they come."""

    name: str
    python: Path
    folder: Path

    @property
    def _home(self) -> Home:
        """Where PYTHONPATH names no other version."""
        return Home(self.folder, self.folder / MODELS, self._by_its_python, {"PYTHONPATH": ""})

    def prepare(self) -> tuple[str, str]:
        """Models and a database, and appKey and secretKey of an application."""
        self._home.command("models", "pull")
        return self._home.keys()

    @contextmanager
    def serving(self) -> Iterator["Serving"]:
        """A server that answers."""
        begun = time.perf_counter()
        with self._home.served() as server:
            assert server.answers("/readyz")
            yield Serving(server.process.pid, server.address, time.perf_counter() - begun)

    @contextmanager
    def library(self) -> Iterator["Library"]:
        """The library in a process that waits to be asked."""
        with subprocess.Popen(
            [str(self.python), "-P", str(AGENT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self._home.environment,
        ) as process:
            yield Library(process)
            assert process.stdin is not None
            process.stdin.close()

    def _by_its_python(self, *command: str) -> list[str]:
        return [str(self.python) if part == sys.executable else part for part in command]


@dataclass(frozen=True, slots=True)
class Serving:
    """A server: its process, where it listens, and the seconds from its start to its readiness."""

    pid: int
    address: tuple[str, int]
    seconds: float


@dataclass(frozen=True, slots=True)
class Library:
    """The process that calls it."""

    process: "subprocess.Popen[str]"

    def analyze(self, image: Path, calls: int) -> float:
        """Milliseconds of processor time of the whole call on an image: the median of so many."""
        return self._asked(f"analyze {calls} {image}")

    def find(self, image: Path, calls: int) -> float:
        """The same of the networks that find and refine the faces of an image."""
        return self._asked(f"find {calls} {image}")

    def _asked(self, line: str) -> float:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def _git(*arguments: str) -> None:
    subprocess.run(["git", "-C", str(ROOT), *arguments], check=True)
