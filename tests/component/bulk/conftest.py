import pytest

from bonaface.setting_sources import ENV_PREFIX
from bonaface.settings import ModelSettings


@pytest.fixture(scope="session")
def quick_models(model_settings: ModelSettings) -> ModelSettings:
    """Where the engine is not the point: it loads in a fifth of the time."""
    return model_settings.model_copy(update={"runtime": "onnxruntime"})


@pytest.fixture
def quick_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for commands."""
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__RUNTIME", "onnxruntime")
