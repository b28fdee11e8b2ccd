"""Files that only their owner may read: folders, files, atomic writes, and a lock between processes.

Every function raises StorageError with a sentence where the operating system refuses.
"""

import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bonaface.errors import StorageError

OWNER_FOLDER = 0o700
OWNER_FILE = 0o600
OTHERS = 0o077
LOCK_TIMEOUT = 60.0
LOCK_POLL = 0.02


def make_folder(path: Path) -> None:
    """Make `path` with mode 0700, its parents with the usual mode; leave an existing folder as it is."""
    with explained():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.mkdir(mode=OWNER_FOLDER)
        except FileExistsError:
            if not path.is_dir():
                raise
        else:
            path.chmod(OWNER_FOLDER)  # a umask may have taken bits from the owner


def make_file(path: Path) -> None:
    """Make an empty file with mode 0600, never wider; take other people's rights from an existing one."""
    with explained():
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, OWNER_FILE)
        except FileExistsError:
            tighten(path)
        else:
            try:
                os.fchmod(descriptor, OWNER_FILE)
            finally:
                os.close(descriptor)


def tighten(path: Path) -> None:
    """Take the rights of group and others from `path`, where it exists and grants any."""
    with explained():
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:
            return
        if mode & OTHERS:
            path.chmod(mode & OWNER_FOLDER)


def write_private(path: Path, content: bytes, *, like: os.stat_result | None = None) -> None:
    """Replace `path` by `content` in one step; the file is 0600 from its first moment and on disk after.

    like: whose owner, group and rights it gets before it is in place; where it cannot, nothing is replaced.
    """
    with explained():
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600 by mkstemp
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                if like is not None:
                    _give(file.fileno(), like)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


@contextmanager
def exclusive(path: Path, timeout: float = LOCK_TIMEOUT) -> Iterator[None]:
    """Hold the lock file `path` against every other holder, thread or process; it ends with its holder.

    Not reentrant. Raises StorageError when the lock is not free within `timeout` seconds.
    """
    with explained():
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_FILE)
    try:
        _lock(descriptor, timeout)
        yield
    finally:
        os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Lock an open file until it is closed; False when another open file of anyone holds its lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def sync_folder(path: Path) -> None:
    """Have the names in a folder on disk: a new file is found again after a power cut only then."""
    with explained():
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _give(descriptor: int, like: os.stat_result) -> None:
    """Owner, group and rights of another file."""
    made = os.fstat(descriptor)
    if (made.st_uid, made.st_gid) != (like.st_uid, like.st_gid):
        os.fchown(descriptor, like.st_uid, like.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(like.st_mode))


def _lock(descriptor: int, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while not try_lock(descriptor):
        if time.monotonic() >= deadline:
            raise StorageError(
                "Another bonaface process is preparing the storage folder; try again when it is done."
            )
        time.sleep(LOCK_POLL)


@contextmanager
def explained() -> Iterator[None]:
    """Turn what the operating system refuses inside the block into StorageError."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The storage folder cannot be used ({os.strerror(error.errno or 0)}); check that "
            "storage.directory is a folder on a disk with free space that the user who runs bonaface owns."
        ) from error
