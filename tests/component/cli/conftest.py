"""Every command test runs on the installed models and a data folder of its own."""

from pathlib import Path

import pytest

from bonaface.setting_sources import ENV_PREFIX


@pytest.fixture(autouse=True)
def own_folders(models_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__DIRECTORY", str(models_directory))
    monkeypatch.setenv(f"{ENV_PREFIX}STORAGE__DIRECTORY", str(tmp_path / "store"))
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def quick_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the engine is not the point: it loads in a fifth of the time."""
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__RUNTIME", "onnxruntime")


@pytest.fixture
def portrait_file(portrait: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "portrait.png"
    path.write_bytes(portrait)
    return path
