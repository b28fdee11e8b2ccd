from pathlib import Path

import pytest

from bonaface import Analyzer, Settings
from bonaface.imaging.types import RgbImage
from bonaface.liveness.presets import load_calibration
from bonaface.models.catalog import load_catalog
from bonaface.settings import ENV_PREFIX, ModelSettings
from bonaface.types import Preset
from support.command import run
from support.variants import write_set


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory, portrait_pixels: RgbImage, analyzer: Analyzer) -> Path:
    return write_set(tmp_path_factory.mktemp("set"), portrait_pixels, analyzer)


@pytest.fixture(autouse=True)
def pad_model(model_settings: ModelSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__PAD", model_settings.pad)


def test_presets_that_the_product_loads(
    manifest: Path, tmp_path: Path, model_settings: ModelSettings
) -> None:
    out = tmp_path / "presets.toml"
    done = run("calibrate", str(manifest), "--out", str(out))
    made = load_calibration(out)

    assert done.exit_code == 0
    assert made.clip == load_catalog().pad(model_settings.pad).calibration.clip
    assert (tmp_path / "presets.report" / "report.html").is_file()
    assert f"presets: {out}\nreport: {tmp_path / 'presets.report' / 'report.html'}\n" in done.stdout
    for title in ("Presets", "Sources left out", "source b"):
        assert title in done.stdout
    own = Analyzer(Settings(models=model_settings.model_copy(update={"presets": out})))
    for row in manifest.read_text("utf-8").splitlines()[1:13]:
        name, label = row.split(",")[:2]
        face = own.analyze(manifest.parent / name, Preset.BALANCED).faces[0]
        assert face.spoofing is (label == "attack")


def test_presets_in_the_settings_do_not_change_the_fit(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    assert run("calibrate", str(manifest), "--out", str(first)).exit_code == 0
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__PRESETS", str(first))
    done = run("calibrate", str(manifest), "--out", str(second), "--report", str(tmp_path / "report"))

    assert done.exit_code == 0
    assert second.read_text("utf-8") == first.read_text("utf-8")
    assert (tmp_path / "report" / "reliability.png").is_file()


def test_one_class_is_not_enough(manifest: Path, tmp_path: Path) -> None:
    rows = manifest.read_text("utf-8").splitlines()
    path = manifest.parent / "one_class.csv"
    path.write_text("\n".join([rows[0], *(row for row in rows if ",attack," in row)]), "utf-8")
    done = run("calibrate", str(path), "--out", str(tmp_path / "x.toml"))

    assert done.exit_code == 2
    assert "Calibration needs bona fide images and attacks; one of them is missing." in done.stderr
    assert not (tmp_path / "x.toml").exists()
