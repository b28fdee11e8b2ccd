"""What many tests share: the installed models, real settings, and the labelled images."""

import os
from pathlib import Path

import pytest

from bonaface import Analyzer, Settings, load_settings
from bonaface.imaging.decode import decode
from bonaface.imaging.types import RgbImage
from bonaface.settings import ENV_PREFIX, EngineSettings, ImageLimits, ModelSettings, StorageSettings

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
MODELS = load_settings().models.directory


@pytest.fixture(scope="session")
def models_directory() -> Path:
    """The folder into which `make setup` installed the models."""
    if not (MODELS / "centerface.onnx").is_file():
        pytest.fail(f"no models in {MODELS}; run the tests with `make test`", pytrace=False)
    return MODELS


@pytest.fixture(scope="session")
def model_settings(models_directory: Path) -> ModelSettings:
    """The models that a set-up without settings of its own uses."""
    return ModelSettings(directory=models_directory)


@pytest.fixture
def settings(model_settings: ModelSettings, tmp_path: Path) -> Settings:
    """Settings as they come, but with a database of the test's own."""
    return Settings(
        models=model_settings,
        storage=StorageSettings(directory=tmp_path / "data"),
        engine=EngineSettings(workers=2),
    )


@pytest.fixture(scope="session")
def analyzer(model_settings: ModelSettings) -> Analyzer:
    """The real pipeline with the shipped weights, warmed."""
    analyzer = Analyzer(Settings(models=model_settings), lanes=2)
    analyzer.warm_up()
    return analyzer


@pytest.fixture(scope="session")
def portrait() -> bytes:
    """The public-domain portrait of examples/: 512 x 512, one bona fide face."""
    return (ROOT / "examples" / "astronaut.png").read_bytes()


@pytest.fixture(scope="session")
def portrait_pixels(portrait: bytes) -> RgbImage:
    """The portrait decoded: 512 x 512 x 3, uint8, RGB."""
    return decode(portrait, ImageLimits())


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled images and reference weights that lies beside the checkout."""
    if not SHARED.is_dir():
        reason = "needs the labelled images and reference weights in ../shared"
        if os.environ.get("REQUIRE_SHARED"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return SHARED


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the developer's own leaks into a test."""
    for name in list(os.environ):
        if name.startswith(ENV_PREFIX):
            monkeypatch.delenv(name)
