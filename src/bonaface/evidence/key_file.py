"""The file of `signing.key_file`: a JWK set with what signs, which nobody else may read."""

import errno
import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson

from bonaface.errors import ConfigurationError, InvalidParameterError, StorageError
from bonaface.evidence.canonical_json import read_object
from bonaface.evidence.signing_key import SigningKey, jwk_of, key_of
from bonaface.storage import files

MADE_BY = "`bonaface signing make`"
TOO_OPEN = stat.S_IWGRP | stat.S_IRWXO
"""Rights that nobody may have: the group may read, as it does where a container gets the file."""


def read_key_file(path: Path) -> list[SigningKey]:
    """The keys, in the file's order. At least one signs.

    Raises ConfigurationError where the file is missing, wrong, or open to others; it repeats nothing of it.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_bytes() if stat.S_ISREG(mode) else b""
    except FileNotFoundError:
        raise ConfigurationError(
            f"signing.key_file is {path}, which is not there; make it with {MADE_BY}."
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"signing.key_file is {path}, which cannot be read ({error.strerror}); "
            "give it to the user who runs bonaface."
        ) from None
    if mode & TOO_OPEN:
        raise ConfigurationError(
            f"signing.key_file is {path}, which others may read or write; take that from them with "
            f"`chmod 600 {path}`, and rotate the key if others had access."
        )
    return _keys(path, text)


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """Hold off whoever else changes the file, from reading it to writing it: no new key is lost to another's.

    Raises ConfigurationError where its folder cannot be locked.
    """
    try:
        folder = os.open(path.resolve().parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        _lock(folder, path)
        yield
    finally:
        os.close(folder)


def write_key_file(path: Path, keys: Sequence[SigningKey]) -> None:
    """Put the keys in place of the file's, in one step; owner and rights stay.

    Raises ConfigurationError, and the file is as it was.
    """
    path = path.resolve()
    try:
        files.write_private(path, _text(keys), like=path.stat())
    except (OSError, StorageError) as error:
        raise _unwritable(path, error) from None


def make_key_file(path: Path, key: SigningKey) -> None:
    """A new file with one key, mode 0600. Raises ConfigurationError where there is one or cannot be one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, files.OWNER_FILE)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, files.OWNER_FILE)
            file.write(_text([key]))
            file.flush()
            os.fsync(descriptor)
    except FileExistsError as error:
        if not path.exists():  # something of another kind is where its folder should be
            raise _unwritable(path, error) from None
        raise ConfigurationError(
            f"{path} is there already; add a new key to it with `bonaface signing rotate`."
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from None


def _lock(folder: int, path: Path) -> None:
    """Of the folder, since the file is replaced by each change."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
    except OSError as error:
        raise _unwritable(path, error) from None


def _keys(path: Path, text: bytes) -> list[SigningKey]:
    try:
        found = read_object(text).get("keys")
        keys = [key_of(jwk) for jwk in found if isinstance(jwk, dict)] if isinstance(found, list) else []
    except (InvalidParameterError, ValueError):
        keys = []
    if not any(key.private for key in keys) or len({key.kid for key in keys}) < len(keys):
        raise ConfigurationError(
            f"signing.key_file is {path}, which is no JWK set of Ed25519 keys with one that signs; "
            f"make it with {MADE_BY}."
        )
    return keys


def _text(keys: Sequence[SigningKey]) -> bytes:
    value = {"keys": [jwk_of(key, private=True) for key in keys]}
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _unwritable(path: Path, error: Exception) -> ConfigurationError:
    cause = error if isinstance(error, OSError) else error.__cause__
    number = cause.errno if isinstance(cause, OSError) else None
    return ConfigurationError(f"{path} cannot be written ({os.strerror(number or errno.EIO)}).")
