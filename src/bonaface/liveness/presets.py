"""From log-odds to the calibrated score, and from the score to the verdict of a preset."""

import tomllib
from pathlib import Path

import numpy as np

from bonaface.errors import ConfigurationError
from bonaface.models.catalog import Calibration
from bonaface.types import Preset, Verdict


class Decision:
    """Score and verdict under one calibration."""

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration

    def score(self, log_odds: float) -> float:
        """Calibrated liveness score, 0..1, high = bona fide (Platt scaling)."""
        scaled = self._calibration.slope * log_odds + self._calibration.offset
        return float(0.5 * (1.0 + np.tanh(scaled / 2)))

    def verdict(self, log_odds: float, preset: Preset) -> Verdict:
        """Attack presentation when the score is below the preset's threshold."""
        score = self.score(log_odds)
        passed = score >= self._calibration.thresholds[preset]  # a score that is no number does not pass
        return Verdict(liveness_score=score, spoofing=not passed)


def load_calibration(path: Path) -> Calibration:
    """Reads `clip`, `slope`, `offset` and a table `thresholds` of weak, balanced and strict from TOML.

    Raises ConfigurationError when the file is missing or does not hold.
    """
    try:
        calibration = Calibration.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ConfigurationError(f"The presets file {path} cannot be read.") from error
    except ValueError as error:  # not UTF-8, not TOML, or not a calibration
        raise ConfigurationError(f"The presets file {path} does not hold: {error}") from error
    return calibration
