"""Networks that are kept: started from, and equal to those compiled anew."""

from pathlib import Path

import pytest

from bonaface.analyzer import Analyzer
from bonaface.cli.compile_ahead import keep_compiled
from bonaface.compiled import cache_of, read_kept
from bonaface.models.catalog import load_catalog
from bonaface.runtime import openvino
from bonaface.settings import ModelSettings, Settings

pytest.importorskip("openvino", reason="of OpenVINO alone")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(models=ModelSettings(directory=tmp_path_factory.mktemp("models")))
    keep_compiled(settings)
    return settings


def test_an_analyzer_starts_from_them_and_computes_the_same(
    kept: Settings, tmp_path: Path, portrait: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    anew = Analyzer(Settings(models=ModelSettings(directory=tmp_path)), compiled={}).analyze(portrait)
    monkeypatch.setattr(openvino, "_compiled", None)
    assert Analyzer(kept).analyze(portrait) == anew


def test_they_are_those_of_all_model_files(kept: Settings) -> None:
    catalog = load_catalog()
    entries = (catalog.detector(kept.models.detector), catalog.pad(kept.models.pad))
    assert len(read_kept(kept.models)) == sum(len(entry.all_files) for entry in entries)


def test_they_are_kept_once(kept: Settings) -> None:
    cache = cache_of(kept.models)
    assert cache is not None
    written = cache.path.stat().st_mtime_ns
    keep_compiled(kept)
    assert cache.path.stat().st_mtime_ns == written


def test_another_engine_keeps_none(kept: Settings) -> None:
    models = kept.models.model_copy(update={"runtime": "onnxruntime"})
    assert cache_of(models) is None
    assert read_kept(models) == {}
    keep_compiled(kept.model_copy(update={"models": models}))


def test_a_model_that_is_not_installed_is_not_complained_about(tmp_path: Path) -> None:
    models = ModelSettings(directory=tmp_path, pad="minifasnet")
    keep_compiled(Settings(models=models))
    assert list(tmp_path.iterdir()) == []


def test_where_they_cannot_be_kept_that_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "compiled").write_bytes(b"")
    keep_compiled(Settings(models=ModelSettings(directory=tmp_path)))
    assert "networks will be compiled at each start" in capsys.readouterr().err
