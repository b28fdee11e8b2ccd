"""Signs with the keys of a file, and takes the file up again when it was changed."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog

from bonaface.clock import Clock, utc_now
from bonaface.errors import ConfigurationError
from bonaface.evidence.key_file import read_key_file
from bonaface.evidence.rotation import signing
from bonaface.evidence.signature import sign, signed_payload
from bonaface.evidence.signing_key import SigningKey, public_keys, public_set

LOOK_SECONDS = 5.0
"""A changed file is taken up by the first use after that long."""

log = structlog.get_logger(__name__)


class FileSigner:
    """A `Signer`; thread-safe.

    Raises ConfigurationError when made on a file that is missing, wrong, or open to others.
    A file that is so later is told in the log, once, and the keys of before stay.
    """

    def __init__(
        self, path: Path, clock: Clock = utc_now, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = path
        self._clock = clock
        self._monotonic = monotonic
        self._mark = _mark(path)
        self._read_keys = read_key_file(path)
        self._next_look = monotonic() + LOOK_SECONDS

    def sign(self, answer: Mapping[str, object]) -> str | None:
        """The signature by the key whose time it is. Raises InvalidParameterError: no canonical JSON."""
        key = signing(self._keys(), self._clock())
        return None if key is None else sign(answer, key)

    def public_set(self) -> dict[str, list[dict[str, object]]]:
        """The JWK set of all keys of the file, without what signs."""
        return public_set(self._keys())

    def signed_payload(self, signature: str) -> bytes:
        """What a key of the file signed, also one that signs no more. Raises UntrustedSignatureError."""
        return signed_payload(signature, public_keys(self._keys()))

    def _keys(self) -> list[SigningKey]:
        if self._monotonic() >= self._next_look:
            self._next_look = self._monotonic() + LOOK_SECONDS
            self._look()
        return self._read_keys

    def _look(self) -> None:
        """Read the file if it is another one than at the last look."""
        mark = _mark(self._path)
        if mark == self._mark:
            return
        self._mark = mark
        try:
            self._read_keys = read_key_file(self._path)
        except ConfigurationError as error:
            log.error("signing.key_file_refused", error=str(error))
        else:
            log.info("signing.key_file_taken_up", keys=len(self._read_keys))


def _mark(path: Path) -> tuple[int, ...] | None:
    """What differs when the file was changed or replaced; None where it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_mode
