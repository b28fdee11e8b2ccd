import pytest

from bonaface.settings import ModelSettings


@pytest.fixture(scope="session")
def quick_models(model_settings: ModelSettings) -> ModelSettings:
    """Where the engine is not the point: it loads in a fifth of the time."""
    return model_settings.model_copy(update={"runtime": "onnxruntime"})
