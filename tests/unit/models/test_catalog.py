import re
from importlib.resources import files

import pytest

from bonaface.errors import ModelMissingError
from bonaface.imaging.crop import CROP_RULES
from bonaface.models.catalog import PadEntry, WheelSource, load_catalog, parse_catalog
from bonaface.types import ModelIdentity, Preset
from support.models.catalog import pair

TEXT = (files("bonaface.models") / "catalog.toml").read_text("utf-8")


def test_every_entry_is_complete() -> None:
    catalog = load_catalog()
    assert {"centerface", "minifasnet", "minifas128"} <= {entry.name for entry in catalog.entries}
    for entry in catalog.entries:
        assert entry.title
        assert entry.licence
        assert entry.origin
        assert entry.all_files
        for file in entry.all_files:
            assert re.fullmatch("[0-9a-f]{64}", file.sha256)
            assert file.size > 1000
            assert "/" not in file.name


def test_a_model_is_known_by_name_version_and_content() -> None:
    entry = load_catalog().detector("bonaface-face")
    assert entry.identity == ModelIdentity(
        "bonaface-face", "1", tuple(file.sha256 for file in entry.all_files)
    )


def test_every_figure_of_a_calibration_counts_for_the_version_of_its_policy() -> None:
    calibration = load_catalog().pad("bonaface-pad").calibration
    policy = calibration.policy
    assert (policy.name, policy.thresholds) == ("presets", calibration.thresholds)
    assert policy == calibration.model_copy().policy
    for change in (
        {"clip": 7.0},
        {"slope": 1.0},
        {"offset": 0.0},
        {"thresholds": dict.fromkeys(Preset, 0.5)},
    ):
        assert calibration.model_copy(update=change).policy.version != policy.version


def test_names_and_files_are_unique() -> None:
    entries = load_catalog().entries
    names = [entry.name for entry in entries]
    stored = [file.name for entry in entries for file in entry.all_files]
    assert len(set(names)) == len(names)
    assert len(set(stored)) == len(stored)
    assert [catalog_entry.name for catalog_entry in map(load_catalog().get, names)] == names


def test_shipped_files_are_in_the_package_and_others_are_not() -> None:
    weights = files("bonaface.models") / "weights"
    for entry in load_catalog().entries:
        for file in entry.all_files:
            assert (weights / file.name).is_file() == entry.shipped


def test_every_pad_network_names_a_crop_rule_and_a_wheel_has_one_file() -> None:
    for entry in load_catalog().entries:
        if isinstance(entry, PadEntry):
            assert {network.crop for network in entry.networks} <= set(CROP_RULES)
        if isinstance(entry.source, WheelSource):
            assert len(entry.all_files) == 1
            assert re.fullmatch(r"[\w-]+==[\d.]+", entry.source.requirement)


def test_all_files_of_a_pad_model() -> None:
    assert [file.name for file in pair().all_files] == ["one.onnx", "two.onnx"]


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(
        ModelMissingError, match=r"No model is called nope; the catalog has bonaface-face, bonaface-pad"
    ):
        load_catalog().get("nope")


def test_a_model_of_the_other_task() -> None:
    with pytest.raises(ModelMissingError, match="minifasnet is not a face detector"):
        load_catalog().detector("minifasnet")
    with pytest.raises(ModelMissingError, match="centerface is not a PAD model"):
        load_catalog().pad("centerface")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('task = "pad"', 'task = "pads"'),
        ('family = "minifas"', 'family = "mini"'),
        ('licence = "MIT"', ""),
        ('licence = "MIT"', 'licence = "MIT"\nlicense = "MIT"'),
        ('source.kind = "wheel"', 'source.kind = "wheels"'),
        ('crop = "shifted"', 'crop = "moved"'),
        ('channels = "bgr"', 'channels = "bgra"'),
        ('sha256 = "09189d', 'sha256 = "X9189d'),
        ("size = 7304518", "size = 0"),
        ("scale = 2.7", "scale = nan"),
        ("offset = 0.0", "offset = nan"),
        ("slope = 2.0\n", "slope = 0\n"),
        ("balanced = 0.5", "balanced = 0.4"),
        ("weak = 0.5, ", ""),
        ("[models.minifas128]", "[models.minifasnet]"),
    ],
)
def test_a_catalog_that_does_not_hold(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises(ValueError, match=r"."):
        parse_catalog(TEXT.replace(old, new))


@pytest.mark.parametrize("text", ["", "models = 3", "[model.x]\na = 1"])
def test_a_catalog_without_models(text: str) -> None:
    with pytest.raises(ValueError, match="no table of models"):
        parse_catalog(text)
