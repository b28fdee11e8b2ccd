import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.dataset import Label
from bonaface.evaluation.provenance import find_provenance, hash_of_samples, provenance_table
from bonaface.models.catalog import load_catalog
from bonaface.settings import ModelSettings
from support.models.scores import a_sample

NOW = datetime(2026, 11, 30, 12, 5, tzinfo=UTC)
SAMPLES = (a_sample(Label.BONA_FIDE, "a"), a_sample(Label.ATTACK, "b"))


def test_what_a_report_was_made_with(tmp_path: Path) -> None:
    manifest, presets = tmp_path / "m.csv", tmp_path / "p.toml"
    manifest.write_bytes(b"path,label\n")
    presets.write_bytes(b"clip = 1")
    models = ModelSettings(presets=presets)
    found = find_provenance(
        models, str(manifest), hash_of_samples(str(manifest), SAMPLES), ["evaluate", "my images.csv"], NOW
    )
    shown = {row[0]: row[1] for row in provenance_table(found).rows}
    files = load_catalog().pad(models.pad).all_files

    assert shown["made"] == "2026-11-30 12:05 UTC"
    assert shown["command"] == "bonaface evaluate 'my images.csv'"
    assert shown["SHA-256 of the presets file"] == hashlib.sha256(b"clip = 1").hexdigest()
    assert shown[f"SHA-256 of {files[0].name}"] == files[0].sha256
    assert found.manifest_sha256 == hashlib.sha256(b"path,label\n").hexdigest()
    assert str(tmp_path) not in str(found.as_dict)


def test_folders_are_known_by_their_list() -> None:
    listed = b"bona_fide\ta/bona_fide.jpg\nattack\tb/attack.jpg\n"
    assert hash_of_samples("live:attack", SAMPLES) == hashlib.sha256(listed).hexdigest()
    assert hash_of_samples("live:attack", SAMPLES[:1]) != hash_of_samples("live:attack", SAMPLES)


def test_presets_that_are_gone(tmp_path: Path) -> None:
    models = ModelSettings(presets=tmp_path / "none.toml")
    with pytest.raises(InvalidParameterError, match="cannot be read"):
        find_provenance(models, "a:b", "0" * 64, [], NOW)


def test_presets_of_the_model_are_told_as_such() -> None:
    found = find_provenance(ModelSettings(), "a:b", "0" * 64, [], NOW)
    assert found.as_dict["presets_sha256"] is None
    assert ("SHA-256 of the presets file", "none: the model's own presets") in provenance_table(found).rows
