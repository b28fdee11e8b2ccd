"""A container without an engine: a root file system of its own, read-only, and a user without any right.

What an engine does for `deploy/compose.yaml`, by the kernel's own means: a mount namespace whose root holds
the system's libraries, Python, the package and the models read-only; `/data` and a small `/tmp` alone can be
written; no capability is left and none can be gained.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

USER = 10001
_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")

_SCRIPT = """
root=$1; data=$2; models=$3; package=$4; folders=$5; devices=$6; user=$7; shift 7
mount -t tmpfs -o mode=0755 tmpfs "$root"
mkdir "$root/dev" "$root/tmp"
mount -t tmpfs -o size=64m,mode=1777,noexec,nosuid,nodev tmpfs "$root/tmp"
bind() { mkdir -p "$root$2"; mount --bind "$1" "$root$2"; }
bind_read_only() { bind "$1" "$2"; mount -o remount,bind,ro "$root$2"; }
for folder in $folders; do bind_read_only "$folder" "$folder"; done
bind_read_only "$models" /models
bind_read_only "$package" /package
bind /proc /proc
bind "$data" /data
for device in $devices; do touch "$root$device"; mount --bind "$device" "$root$device"; done
mount -o remount,ro "$root"
exec chroot "$root" setpriv --reuid "$user" --regid "$user" --clear-groups \
  --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"
"""


@dataclass(frozen=True)
class Container:
    """A prepared container. `run` turns a command into one that runs inside; `data` is /data outside.

    The models lie at /models, the package at /package, all else where it lies outside.
    """

    root: Path
    data: Path
    models: Path
    package: Path
    folders: Sequence[str]

    def run(self, *command: str) -> list[str]:
        """The command line."""
        lists = [" ".join(self.folders), " ".join(_DEVICES)]
        words = [self.root, self.data, self.models, self.package, *lists, USER]
        script = ["unshare", "--mount", "--", "sh", "-euc", _SCRIPT, "sh", *map(str, words)]
        return [*script, *command]


def why_not() -> str | None:
    """Why there can be no such container here; None where there can."""
    missing = [tool for tool in ("unshare", "chroot", "setpriv") if shutil.which(tool) is None]
    if missing:
        return f"needs {', '.join(missing)}"
    probe = ["unshare", "--mount", "--", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    done = subprocess.run(probe, capture_output=True, check=False)
    return None if done.returncode == 0 else "needs leave to mount (root)"


def container(folder: Path, models: Path, package: Path) -> Container:
    """One with its data in `folder`, owned by its user; `package` is where bonaface is installed."""
    root, data = folder / "root", folder / "data"
    root.mkdir()
    data.mkdir(mode=0o700)
    shutil.chown(data, USER, USER)
    python = (sys.base_prefix, sys.prefix, str(Path(sys.prefix).resolve()))
    return Container(root, data, models, package, _outermost([*_SYSTEM, *python]))


def _outermost(folders: Iterable[str]) -> list[str]:
    """Those that are there and in none of the others."""
    there = sorted({folder for folder in folders if Path(folder).is_dir()})
    return [each for each in there if not any(each.startswith(f"{other}/") for other in there)]
