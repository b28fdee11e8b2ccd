"""The presets that a server judges by, with where they come from."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from bonaface.models.calibration_file import parse_calibration, read_presets_file
from bonaface.models.catalog import Calibration, load_catalog
from bonaface.types import Preset

DIGITS = 16
"""Of a file's SHA-256: enough to tell two files apart."""


@dataclass(frozen=True, slots=True)
class LoadedPresets:
    """A calibration, and its source.

    source: the path of the presets file, or the name of the PAD model whose own they are.
    sha256: of the file as it was read, its first 16 digits; None: they are the model's own.
    """

    calibration: Calibration
    source: str
    sha256: str | None

    @property
    def version(self) -> str:
        """By which answers of /v2 name them."""
        return self.calibration.policy.version

    @property
    def thresholds(self) -> dict[Preset, float]:
        """From which score on a face is bona fide, from weak to strict."""
        return {preset: self.calibration.thresholds[preset] for preset in Preset}

    def told(self) -> dict[str, object]:
        """What a log line and the audit trail say of them."""
        named = {preset.value: threshold for preset, threshold in self.thresholds.items()}
        return {"source": self.source, "sha256": self.sha256, "version": self.version, **named}


def load_presets(file: Path | None, pad: str) -> LoadedPresets:
    """Those of the file, or the PAD model's own.

    Raises ConfigurationError when the file is missing or does not hold, ModelMissingError when there is no
    PAD model of that name.
    """
    if file is None:
        return LoadedPresets(load_catalog().pad(pad).calibration, pad, None)
    content = read_presets_file(file)
    digest = hashlib.sha256(content).hexdigest()[:DIGITS]
    return LoadedPresets(parse_calibration(content, file), str(file), digest)
