"""Servers that start quickly: it is not their engine that these tests are about."""

from pathlib import Path

import pytest

from bonaface.settings import ModelSettings, ServingSettings, Settings, StorageSettings


@pytest.fixture
def quick_settings(model_settings: ModelSettings, tmp_path: Path) -> Settings:
    return Settings(
        models=model_settings.model_copy(update={"runtime": "onnxruntime"}),
        storage=StorageSettings(directory=tmp_path / "data"),
        serving=ServingSettings(workers=1),
    )
