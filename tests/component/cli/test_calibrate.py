from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from bonaface import Analyzer, Settings
from bonaface.imaging.types import RgbImage
from bonaface.models.calibration_file import load_calibration
from bonaface.models.catalog import load_catalog
from bonaface.setting_sources import ENV_PREFIX
from bonaface.settings import ModelSettings
from bonaface.types import Preset
from support.command import Finished, run, run_with
from support.pictures.variants import write_set


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory, portrait_pixels: RgbImage, analyzer: Analyzer) -> Path:
    return write_set(tmp_path_factory.mktemp("set"), portrait_pixels, analyzer)


@pytest.fixture(autouse=True)
def pad_model(model_settings: ModelSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__PAD", model_settings.pad)


@dataclass(frozen=True)
class Fitted:
    """How a calibration ended, and the presets that it wrote."""

    done: Finished
    out: Path


@pytest.fixture(scope="module")
def fitted(manifest: Path, model_settings: ModelSettings, tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    out = tmp_path_factory.mktemp("fitted") / "presets.toml"
    settings = {"MODELS__DIRECTORY": str(model_settings.directory), "MODELS__PAD": model_settings.pad}
    return Fitted(run_with(settings, "calibrate", str(manifest), "--out", str(out)), out)


def test_presets_that_the_product_loads(
    manifest: Path, fitted: Fitted, model_settings: ModelSettings
) -> None:
    done, out = fitted.done, fitted.out
    made = load_calibration(out)

    assert done.exit_code == 0
    assert made.clip == load_catalog().pad(model_settings.pad).calibration.clip
    report = out.with_name("presets.report") / "report.html"
    assert report.is_file()
    assert f"presets: {out}\nreport: {report}\n" in done.stdout
    for title in ("Presets", "Presets on sources left out", "Thresholds to choose from", "source b"):
        assert title in done.stdout
    own = Analyzer(Settings(models=model_settings.model_copy(update={"presets": out})))
    for row in manifest.read_text("utf-8").splitlines()[1:13]:
        name, label = row.split(",")[:2]
        face = own.analyze(manifest.parent / name, Preset.BALANCED).faces[0]
        assert face.spoofing is (label == "attack")


def test_presets_in_the_settings_do_not_change_the_fit(
    manifest: Path, fitted: Fitted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = fitted.out, tmp_path / "second.toml"
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__PRESETS", str(first))
    done = run("calibrate", str(manifest), "--out", str(second), "--report", str(tmp_path / "report"))

    assert done.exit_code == 0
    assert second.read_text("utf-8") == first.read_text("utf-8")
    assert (tmp_path / "report" / "reliability.png").is_file()


@pytest.mark.usefixtures("quick_engine")
def test_one_class_is_not_enough(manifest: Path, tmp_path: Path) -> None:
    rows = manifest.read_text("utf-8").splitlines()
    path = manifest.parent / "one_class.csv"
    path.write_text("\n".join([rows[0], *(row for row in rows if ",attack," in row)]), "utf-8")
    done = run("calibrate", str(path), "--out", str(tmp_path / "x.toml"))

    assert done.exit_code == 2
    assert "Calibration needs bona fide images and attacks; one of them is missing." in done.stderr
    assert not (tmp_path / "x.toml").exists()


def test_a_manifest_that_holds_log_odds_is_not_scored_anew(tmp_path: Path) -> None:
    """No image has to be there; the rates shown are of sources that the fit did not see."""
    path, out = tmp_path / "scores.csv", tmp_path / "presets.toml"
    rows = [
        f"{source}{number}.jpg,{label},{source},{kind},{value + number / 50 + shift}"
        for source, shift in (("a", 0.0), ("b", 1.0), ("c", -1.0))
        for label, kind, value in (
            ("bona_fide", "", 0.5),
            ("attack", "print", -2.0),
            ("attack", "mask", -3.0),
        )
        for number in range(40)
    ]
    path.write_text("\n".join(["path,label,source,attack_type,log_odds", *rows]), "utf-8")
    done = run(
        "calibrate",
        str(path),
        "--out",
        str(out),
        "--kind",
        "mask",
        "--strict-apcer",
        "0.05",
        "--policy",
        "p 1",
    )

    assert done.exit_code == 0, done.stderr
    assert "APCER 5 %" in out.read_text("utf-8")
    assert "cross-validated APCER" in out.read_text("utf-8")
    assert "APCER print" not in done.stdout
    assert "120 bona fide images are too few" in done.stderr
    assert f"policy: {tmp_path / 'p 1.json'}\n" in done.stdout
    policy = orjson.loads((tmp_path / "p 1.json").read_bytes())
    assert 0 < policy["rejectBelow"] <= policy["acceptFrom"] < 1
    assert "accept by APCER 5 %" in policy["note"]


def test_a_name_that_no_policy_may_have_is_told_before_the_work(tmp_path: Path) -> None:
    done = run("calibrate", "missing.csv", "--out", str(tmp_path / "x.toml"), "--policy", "strict")
    assert done.exit_code == 2
    assert "Give the policy a name" in done.stderr


def test_log_odds_that_are_no_number(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("path,label,log_odds\na.jpg,attack,high\n", "utf-8")
    done = run("calibrate", str(path), "--out", str(tmp_path / "x.toml"))

    assert done.exit_code == 2
    assert "Line 2 of the manifest has the log-odds 'high'" in done.stderr
