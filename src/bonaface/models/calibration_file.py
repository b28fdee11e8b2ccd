"""The file of a calibration, which `bonaface calibrate` writes and `models.presets` names."""

import tomllib
from pathlib import Path

from bonaface.errors import ConfigurationError
from bonaface.models.catalog import Calibration


def load_calibration(path: Path) -> Calibration:
    """Reads `clip`, `slope`, `offset` and a table `thresholds` of weak, balanced and strict from TOML.

    And a table `reference` (`ScoreReference`), if there is one.

    Raises ConfigurationError when the file is missing or does not hold.
    """
    try:
        calibration = Calibration.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ConfigurationError(f"The presets file {path} cannot be read.") from error
    except ValueError as error:  # not UTF-8, not TOML, or not a calibration
        raise ConfigurationError(f"The presets file {path} does not hold: {error}") from error
    return calibration
