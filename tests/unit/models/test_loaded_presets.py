"""The presets that a server judges by, and where they are from."""

import hashlib
from pathlib import Path

import pytest

from bonaface.errors import ConfigurationError, ModelMissingError
from bonaface.models.catalog import load_catalog
from bonaface.models.loaded_presets import load_presets
from bonaface.types import Preset
from support.models.presets_file import write_presets

PAD = "bonaface-pad"


def test_those_of_a_file_are_told_with_its_hash(tmp_path: Path) -> None:
    path = write_presets(tmp_path / "presets.toml", 0.2, 0.4, 0.9)
    loaded = load_presets(path, PAD)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    figures = {"weak": 0.2, "balanced": 0.4, "strict": 0.9}
    version = loaded.calibration.policy.version
    assert loaded.told() == {"source": str(path), "sha256": digest[:16], "version": version, **figures}
    assert list(loaded.thresholds) == list(Preset)


def test_without_a_file_they_are_the_models_own() -> None:
    loaded = load_presets(None, PAD)
    assert loaded.calibration == load_catalog().pad(PAD).calibration
    assert (loaded.source, loaded.sha256) == (PAD, None)


def test_a_file_that_says_the_same_in_other_words_has_the_same_version(tmp_path: Path) -> None:
    path = write_presets(tmp_path / "presets.toml")
    first = load_presets(path, PAD)
    path.write_text(path.read_text() + "# as agreed on Monday\n")
    second = load_presets(path, PAD)
    assert second != first
    assert second.version == first.version


def test_what_is_wrong_with_a_file_is_told_in_a_line(tmp_path: Path) -> None:
    path = write_presets(tmp_path / "presets.toml", strict=1.5)
    with pytest.raises(ConfigurationError) as caught:
        load_presets(path, PAD)
    fault = "thresholds.strict: Input should be less than or equal to 1"
    assert str(caught.value) == f"The presets file {path} does not hold: {fault}."


def test_thresholds_that_fall_are_told(tmp_path: Path) -> None:
    path = write_presets(tmp_path / "presets.toml", weak=0.6)
    with pytest.raises(ConfigurationError, match="hold: Value error, thresholds must not fall from weak"):
        load_presets(path, PAD)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be read \(No such file or directory\)"):
        load_presets(tmp_path / "none.toml", PAD)


def test_a_model_that_nobody_knows() -> None:
    with pytest.raises(ModelMissingError):
        load_presets(None, "none")
