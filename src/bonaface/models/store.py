"""Where model files are, and the proof that they are what the catalog says.

Every read checks size and sha256, so a byte changed on disk is refused at the next load. Installing is
atomic: a file is there whole or not at all.
"""

import hashlib
from enum import StrEnum
from importlib.resources import files
from pathlib import Path

from bonaface.atomic_file import write_atomically
from bonaface.errors import ModelCorruptError, ModelError, ModelMissingError
from bonaface.models.catalog import DetectorEntry, ModelFile, PadEntry


class FileState(StrEnum):
    """What is known of a model file on this machine."""

    VERIFIED = "verified"
    MISSING = "missing"
    CORRUPT = "corrupt"


class ModelStore:
    """Model files in the package and in one folder."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def read(self, entry: DetectorEntry | PadEntry, file: ModelFile) -> bytes:
        """The file's verified bytes.

        Raises ModelMissingError when it is not installed, ModelCorruptError when its content is not the
        catalog's, ModelError when it is there but cannot be read.
        """
        data = self._read_raw(entry, file)
        if data is None:
            raise ModelMissingError(
                f"The model {entry.name} is not installed; run `bonaface models pull {entry.name}`."
            )
        _check(file, data)
        return data

    def install(self, file: ModelFile, data: bytes) -> Path:
        """Writes verified bytes into the folder.

        Raises ModelCorruptError when they are not the catalog's, ModelError when they cannot be written.
        """
        _check(file, data)
        target = self.directory / file.name
        try:
            write_atomically(target, data)
        except OSError as error:
            raise ModelError(
                f"{file.name} cannot be written to the models folder: {error.strerror}."
            ) from error
        return target

    def state(self, entry: DetectorEntry | PadEntry, file: ModelFile) -> FileState:
        """Whether the file is there and whole."""
        try:
            self.read(entry, file)
        except ModelMissingError:
            return FileState.MISSING
        except ModelError:
            return FileState.CORRUPT
        return FileState.VERIFIED

    def is_installed(self, entry: DetectorEntry | PadEntry) -> bool:
        """True when every file of the model is verified."""
        return all(self.state(entry, file) is FileState.VERIFIED for file in entry.all_files)

    def _read_raw(self, entry: DetectorEntry | PadEntry, file: ModelFile) -> bytes | None:
        try:
            if entry.shipped:
                return (files("bonaface.models") / "weights" / file.name).read_bytes()
            return (self.directory / file.name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise ModelError(f"The model file {file.name} cannot be read: {error.strerror}.") from error


def is_verified(file: ModelFile, data: bytes) -> bool:
    """Whether these bytes are the file that the catalog names."""
    return len(data) == file.size and hashlib.sha256(data).hexdigest() == file.sha256


def _check(file: ModelFile, data: bytes) -> None:
    if not is_verified(file, data):
        raise ModelCorruptError(
            f"{file.name} is not the file that the catalog names (sha256 differs); install it again."
        )
