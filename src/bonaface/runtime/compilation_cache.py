"""Networks as the engine compiled them, on disk: a process that finds them there starts without compiling.

What is compiled holds the weights and is not verified as model files are. So a file counts only where nobody
could have written it who could not have changed the program as well: it and every folder above belong to
the program's owner or to root, and nobody else may write there (as OpenSSH's StrictModes has it).
"""

import hashlib
import io
import logging
import os
import stat
import sys
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from bonaface.atomic_file import write_atomically
from bonaface.errors import ModelError
from bonaface.runtime.instruction_sets import PROCESSORS, VARIABLES

if TYPE_CHECKING:
    from bonaface.runtime.session import CompiledNetworks

FOLDER = "compiled"
SUFFIX = ".networks"
ENGINE = "openvino"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CompilationCache:
    """One file for one processor, one version of the engine and one set of weights.

    path: where it is, or would be; owner: user id of who owns the program.
    """

    path: Path
    owner: int

    @property
    def is_there(self) -> bool:
        """Whether there is a file that counts; `read` tells whether it is whole."""
        try:
            with self._opened():
                return True
        except OSError:
            return False

    def read(self) -> "CompiledNetworks":
        """What is kept; nothing where there is no file, or one that is damaged or does not count."""
        try:
            with self._opened() as file, zipfile.ZipFile(file) as kept:
                return {name: kept.read(name) for name in kept.namelist()}
        except FileNotFoundError:
            return {}
        except (OSError, zipfile.BadZipFile) as error:
            log.warning("compiled networks are not used: %s", error)
            return {}

    def write(self, networks: "CompiledNetworks") -> None:
        """In place of what is there, whole or not at all; files of other versions of the engine go.

        Raises ModelError when it cannot be written, or would not count.
        """
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as kept:
            for name, data in networks.items():
                kept.writestr(name, data)
        try:
            write_atomically(self.path, packed.getvalue())
            self._remove_older()
            with self._opened():
                return
        except OSError as error:
            raise ModelError(f"compiled networks cannot be kept: {error}") from error

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        """Raises OSError, PermissionError where others could have written it."""
        descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            _check(self.path, os.fstat(descriptor), self.owner)
            for folder in self.path.absolute().parents:
                _check(folder, folder.stat(), self.owner)
            yield file

    def _remove_older(self) -> None:
        current = self.path.name.rpartition("-")[0] + "-"
        for path in self.path.parent.glob(f"{ENGINE}-*{SUFFIX}"):
            if not path.name.startswith(current):
                path.unlink(missing_ok=True)


def compilation_cache(models: Path, weights: Iterable[str]) -> CompilationCache | None:
    """Of the model files with these SHA-256 sums, in the folder of installed models.

    None where nothing is kept: without OpenVINO, and on other systems than Linux, which tell neither the
    processor's instructions nor, each of them, who may write a file.
    """
    if sys.platform != "linux":
        return None
    try:
        name = f"{_prefix()}{_fingerprint(weights)}{SUFFIX}"
    except (PackageNotFoundError, OSError):
        return None
    return CompilationCache(models.absolute() / FOLDER / name, Path(__file__).stat().st_uid)


def _prefix() -> str:
    return f"{ENGINE}-{version(ENGINE)}-"


def _fingerprint(weights: Iterable[str]) -> str:
    """Of all that a compilation may depend on. Raises OSError."""
    lines = PROCESSORS.read_text("ascii", "replace").partition("\n\n")[0].splitlines()
    told = ("vendor_id", "cpu family", "model", "stepping", "flags", "Features", "CPU ")
    processor = [line for line in lines if line.startswith(told)]
    limits = [f"{name}={os.environ.get(name)}" for name in VARIABLES]
    return hashlib.sha256("\n".join([*processor, *limits, *weights]).encode()).hexdigest()[:16]


def _check(path: Path, status: os.stat_result, owner: int) -> None:
    """Raises PermissionError where another than the owner and root could have put something there."""
    is_sticky = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
    others_write = status.st_mode & stat.S_IWOTH or (
        status.st_mode & stat.S_IWGRP and not _is_own_group(status.st_gid, status.st_uid)
    )
    if status.st_uid not in (0, owner) or (others_write and not is_sticky):
        raise PermissionError(f"others than the program's owner may write {path}")


def _is_own_group(group: int, user: int) -> bool:
    """Whether it is the one that systems make for each user alone, so that a umask of 002 does no harm."""
    import grp  # of Unix alone, as all of this
    import pwd

    try:
        account, members = pwd.getpwuid(user), grp.getgrgid(group)
    except KeyError:
        return False
    is_alone = set(members.gr_mem) <= {account.pw_name}
    return is_alone and account.pw_gid == group and members.gr_name == account.pw_name
