from pathlib import Path

import numpy as np
import pytest

from bonaface.errors import ModelCorruptError, ModelMissingError
from bonaface.geometry import Box
from bonaface.imaging.types import RgbImage
from bonaface.liveness.registry import open_liveness_model
from bonaface.models.catalog import load_catalog
from bonaface.models.pull import pull
from bonaface.models.store import ModelStore
from bonaface.runtime.engines import EngineName, session_factory
from bonaface.settings import ModelSettings

BOXES = [Box(178, 55, 271, 179), Box(100, 20, 300, 230)]


def test_opens_the_model_of_the_settings(model_settings: ModelSettings, portrait_pixels: RgbImage) -> None:
    entry = load_catalog().pad(model_settings.pad)
    store = ModelStore(model_settings.directory)
    model = open_liveness_model(entry, store, session_factory(), lanes=1)
    model.warm_up()
    odds = model.log_odds(portrait_pixels, BOXES)
    assert odds.shape == (2,)
    assert np.all(np.abs(odds) <= entry.calibration.clip)
    assert odds[0] > 0


def test_fuses_the_networks_as_the_entry_says(
    tmp_path: Path, shared: Path, portrait_pixels: RgbImage
) -> None:
    entry, store = load_catalog().pad("minifasnet"), ModelStore(tmp_path)
    pull(store, entry, shared / "models")
    factory = session_factory()
    singles = [entry.model_copy(update={"networks": (network,)}) for network in entry.networks]
    alone = [open_liveness_model(one, store, factory, 1).log_odds(portrait_pixels, BOXES) for one in singles]
    weighted = tuple(
        network.model_copy(update={"weight": weight})
        for network, weight in zip(entry.networks, (3.0, 1.0), strict=True)
    )
    fused = open_liveness_model(entry.model_copy(update={"networks": weighted}), store, factory, 1)
    expected = (3 * alone[0] + alone[1]) / 4
    np.testing.assert_allclose(fused.log_odds(portrait_pixels, BOXES), expected, atol=1e-6)


@pytest.mark.parametrize("engine", ["auto", "onnxruntime"])
def test_grey_pictures_alone_are_judged_by_the_line_of_the_entry(
    model_settings: ModelSettings, portrait_pixels: RgbImage, engine: EngineName
) -> None:
    entry, store = load_catalog().pad(model_settings.pad), ModelStore(model_settings.directory)
    assert entry.grey is not None
    factory = session_factory(engine, {})  # what the first compiles, the second need not
    models = [
        open_liveness_model(one, store, factory, lanes=1)
        for one in (entry, entry.model_copy(update={"grey": None}))
    ]
    moved, plain = (model.log_odds(portrait_pixels, BOXES) for model in models)
    assert moved.tobytes() == plain.tobytes()
    luma = np.asarray(portrait_pixels.mean(axis=2, keepdims=True).repeat(3, axis=2), np.uint8)
    moved, plain = (model.log_odds(luma, BOXES) for model in models)
    np.testing.assert_allclose(moved, entry.grey.slope * plain + entry.grey.offset)


def test_weights_that_are_not_installed_or_not_the_catalogs(tmp_path: Path) -> None:
    entry = load_catalog().pad("minifas128")
    with pytest.raises(ModelMissingError, match="bonaface models pull minifas128"):
        open_liveness_model(entry, ModelStore(tmp_path), session_factory(), lanes=1)
    (tmp_path / entry.all_files[0].name).write_bytes(b"other")
    with pytest.raises(ModelCorruptError):
        open_liveness_model(entry, ModelStore(tmp_path), session_factory(), lanes=1)
