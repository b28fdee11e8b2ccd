"""Databases and disks that fail for real: held, cut off, full, read-only."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from bonaface.storage.database import Database


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Another program has the write lock of a SQLite file while the block runs."""
    with closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")


@contextmanager
def away(database: Database) -> Iterator[None]:
    """The database takes no counts while the block runs."""
    with database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE usage_totals RENAME TO away")
    try:
        yield
    finally:
        with database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO usage_totals")


def why_no_mount() -> str | None:
    """Why no file system can be mounted here; None where one can."""
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        return "needs root and mkfs.ext4 to mount file systems"
    done = subprocess.run(["losetup", "--find"], check=False, capture_output=True)
    return None if done.returncode == 0 else "needs a free loop device to mount file systems"


class Disk:
    """A small ext4 file system of its own, in the file `image`, mounted at `folder`."""

    def __init__(self, image: Path, folder: Path) -> None:
        self._image = image
        self.folder = folder

    def mount(self) -> None:
        """Put it in its place."""
        _run("mount", "-o", "loop", str(self._image), str(self.folder))

    def unmount(self) -> None:
        """Take it away, whatever is open on it."""
        _run("umount", "--lazy", str(self.folder))

    def replace(self) -> None:
        """Repair it and mount it anew: it holds what had reached it. Nothing may be open."""
        self.unmount()
        self.mount()

    def fill(self) -> None:
        """Leave no byte free, not even those that are kept for root."""
        with suppress(OSError), (self.folder / "filler").open("ab", buffering=0) as filler:
            while filler.write(bytes(4096)):
                pass

    def free(self) -> None:
        """Make room again."""
        (self.folder / "filler").unlink()

    def fail(self) -> None:
        """Take no write any more, as the kernel does with a disk whose errors it has seen."""
        _run("mount", "-o", "remount,abort", str(self.folder))

    def make_read_only(self) -> None:
        """Take no write; nothing may be open for writing."""
        _run("mount", "-o", "remount,ro", str(self.folder))

    def make_writable(self) -> None:
        _run("mount", "-o", "remount,rw", str(self.folder))


@contextmanager
def mounted(folder: Path, megabytes: int = 4) -> Iterator[Disk]:
    """A disk of its own while the block runs; its content stays nowhere."""
    image, place = folder / "disk.img", folder / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    _run("mkfs.ext4", "-q", "-m", "0", "-N", "64", str(image))
    disk = Disk(image, place)
    disk.mount()
    try:
        yield disk
    finally:
        disk.unmount()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=30)
