"""The file of a calibration, which `bonaface calibrate` writes and `models.presets` names."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from bonaface.errors import ConfigurationError
from bonaface.models.catalog import Calibration


def load_calibration(path: Path) -> Calibration:
    """Reads `clip`, `slope`, `offset` and a table `thresholds` of weak, balanced and strict from TOML.

    And a table `reference` (`ScoreReference`), if there is one.

    Raises ConfigurationError when the file is missing or does not hold.
    """
    return parse_calibration(read_presets_file(path), path)


def read_presets_file(path: Path) -> bytes:
    """What is in the file. Raises ConfigurationError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"The presets file {path} cannot be read ({error.strerror}).") from error


def parse_calibration(content: bytes, path: Path) -> Calibration:
    """As `load_calibration`, of what was read from `path`. Raises ConfigurationError."""
    try:
        return Calibration.model_validate(tomllib.loads(content.decode()))
    except ValueError as error:  # not UTF-8, not TOML, or not a calibration
        told = _faults(error) if isinstance(error, ValidationError) else str(error)
        raise ConfigurationError(f"The presets file {path} does not hold: {told}.") from error


def _faults(error: ValidationError) -> str:
    """Each member that does not hold, and why, on one line."""
    faults = ((".".join(map(str, fault["loc"])), fault["msg"]) for fault in error.errors())
    return "; ".join(f"{member}: {message}" if member else message for member, message in faults)
