"""What a worker is told of the settings."""

import pickle
from pathlib import Path

from bonaface.models.loaded_presets import load_presets
from bonaface.serving.processes.worker import needed
from bonaface.settings import FaceSettings, ModelSettings, ServingSettings, Settings, StorageSettings


def test_no_secret_is_among_the_settings_that_a_worker_gets() -> None:
    storage = StorageSettings(url="postgresql://user:hidden-word@127.0.0.1/bonaface")
    settings = Settings(faces=FaceSettings(max_faces=3), serving=ServingSettings(workers=3), storage=storage)
    assert b"hidden-word" in pickle.dumps(settings)
    sent = needed(settings)
    assert b"hidden-word" not in pickle.dumps(sent)
    assert (sent.models, sent.faces, sent.serving) == (settings.models, settings.faces, settings.serving)


def test_one_that_is_told_the_calibration_need_not_read_its_file() -> None:
    settings = Settings(models=ModelSettings(presets=Path("presets.toml")))
    assert needed(settings).models.presets is not None
    assert needed(settings, load_presets(None, "bonaface-pad").calibration).models.presets is None
