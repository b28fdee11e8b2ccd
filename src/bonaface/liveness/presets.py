"""From log-odds to the calibrated score, and from the score to the verdict of a preset."""

import numpy as np

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

    def log_odds(self, score: float) -> float:
        """Those that have this score; infinite for a score of 0 or 1."""
        with np.errstate(divide="ignore"):
            scaled = 2 * np.arctanh(2 * score - 1)
        return float((scaled - self._calibration.offset) / self._calibration.slope)

    def verdict(self, log_odds: float, preset: Preset) -> Verdict:
        """Attack presentation when the score is below the preset's threshold."""
        score = self.score(log_odds)
        passed = score >= self._calibration.thresholds[preset]  # a score that is no number does not pass
        return Verdict(liveness_score=score, spoofing=not passed)
