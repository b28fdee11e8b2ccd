import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from bonaface import Analyzer
from bonaface.imaging.types import RgbImage
from bonaface.setting_sources import ENV_PREFIX
from bonaface.settings import ModelSettings
from support.command import Finished, run, run_with
from support.pictures.variants import write_set


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory, portrait_pixels: RgbImage, analyzer: Analyzer) -> str:
    return str(write_set(tmp_path_factory.mktemp("set"), portrait_pixels, analyzer))


@pytest.fixture(autouse=True)
def pad_model(model_settings: ModelSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__PAD", model_settings.pad)
    monkeypatch.setenv(f"{ENV_PREFIX}SERVING__WORKERS", "2")


@dataclass(frozen=True)
class Whole:
    """How an evaluation of everything ended, and what it wrote."""

    done: Finished
    out: Path


@pytest.fixture(scope="module")
def whole(manifest: str, model_settings: ModelSettings, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    out = tmp_path_factory.mktemp("whole") / "out"
    settings = {
        "MODELS__DIRECTORY": str(model_settings.directory),
        "MODELS__PAD": model_settings.pad,
        "SERVING__WORKERS": "2",
    }
    return Whole(run_with(settings, "evaluate", manifest, "--out", str(out)), out)


def test_a_whole_evaluation(whole: Whole) -> None:
    done, out = whole.done, whole.out
    summary = json.loads((out / "summary.json").read_text("utf-8"))

    assert done.exit_code == 0
    assert "At a glance, balanced" in done.stdout
    assert f"report: {out / 'report.html'}\n" in done.stdout
    assert summary["images"] == {"scored": 12, "no_face": 1, "unreadable": 1}
    assert summary["robustness"] == []
    assert [row["figures"]["auc"]["value"] for row in summary["sources"].values()] == [1.0, 1.0]
    assert "broken.jpg" in done.stderr


def test_robustness_and_presets_of_ones_own(manifest: str, tmp_path: Path) -> None:
    presets = tmp_path / "presets.toml"
    thresholds = "thresholds = { weak = 0.0, balanced = 0.0, strict = 1.0 }"
    presets.write_text(f"clip = 10.0\nslope = 0.01\noffset = 0.0\n{thresholds}\n", "utf-8")
    done = run(
        "evaluate",
        manifest,
        "--out",
        str(tmp_path),
        "--preset-file",
        str(presets),
        "--robustness",
        "--limit",
        "4",
    )
    summary = json.loads((tmp_path / "summary.json").read_text("utf-8"))

    assert done.exit_code == 0
    assert summary["run"]["thresholds"] == {"weak": 0.0, "balanced": 0.0, "strict": 1.0}
    figures = summary["means"]["all sources"]["figures"]
    assert (figures["balanced.apcer"]["value"], figures["strict.bpcer"]["value"]) == (1.0, 1.0)
    tried = [one for one in summary["robustness"] if one["count"]]
    assert len(tried) > 30
    assert {one["flips"]["value"] for one in tried} == {0.0}


def test_the_same_seed_gives_the_same_figures(manifest: str, whole: Whole, tmp_path: Path) -> None:
    assert run("evaluate", manifest, "--out", str(tmp_path)).exit_code == 0
    for name in ("summary.json", "scores.csv", "figures.md", "det.png"):
        assert (tmp_path / name).read_bytes() == (whole.out / name).read_bytes()


@pytest.mark.usefixtures("quick_engine")
def test_beside_the_report_of_another_run_and_with_pictures(
    manifest: str, whole: Whole, tmp_path: Path
) -> None:
    presets = tmp_path / "presets.toml"
    thresholds = "thresholds = { weak = 0.0, balanced = 0.0, strict = 1.0 }"
    presets.write_text(f"clip = 10.0\nslope = 0.01\noffset = 0.0\n{thresholds}\n", "utf-8")
    given = ["--against", str(whole.out), "--gallery", "--preset-file", str(presets)]
    done = run("evaluate", manifest, "--out", str(tmp_path / "out"), *given)
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))

    assert done.exit_code == 0
    assert "This run beside out" in done.stdout
    assert {one["name"]: one["here"] for one in summary["comparison"]["mean"]["differences"]}[
        "balanced.apcer"
    ] == 1.0
    assert page.count("data:image/jpeg;base64,") >= 12
    assert f"bonaface evaluate {manifest} --out" in page
    assert summary["provenance"]["presets_sha256"]


def test_what_cannot_be_compared_with_is_told_before_anything_is_scored(
    manifest: str, tmp_path: Path
) -> None:
    done = run("evaluate", manifest, "--out", str(tmp_path / "out"), "--against", "nowhere")

    assert done.exit_code == 2
    assert "neither a report's folder" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("quick_engine")
def test_notes_are_told(manifest: str, tmp_path: Path) -> None:
    folder = Path(manifest).parent
    lonely = tmp_path / "lonely.csv"
    rows = [f"{folder / f'{number}.png'},bona_fide" for number in range(2)]
    lonely.write_text("\n".join(["path,label", *rows]), "utf-8")
    done = run("evaluate", str(lonely), "--out", str(tmp_path))

    assert done.exit_code == 0
    assert "all has no attacks; figures that need both classes are left out.\n" in done.stderr


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("nowhere.png,attack", "No image could be scored; the first, nowhere.png: The file cannot be read"),
        ("nowhere.png,real", "has the label 'real'; write bona_fide or attack."),
    ],
)
@pytest.mark.usefixtures("quick_engine")
def test_what_cannot_be_evaluated_is_one_sentence(tmp_path: Path, rows: str, sentence: str) -> None:
    path = tmp_path / "m.csv"
    path.write_text(f"path,label\n{rows}\n", "utf-8")
    done = run("evaluate", str(path), "--out", str(tmp_path / "out"))

    assert done.exit_code == 2
    assert sentence in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["evaluate", "calibrate"])
def test_without_the_extra_the_command_says_what_to_install(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(name: str) -> object:
        return None if name == "matplotlib" else find_spec(name)

    monkeypatch.setattr("bonaface.optional_dependencies.find_spec", find)
    done = run(command, "whatever.csv", "--out", str(tmp_path / "out"))

    assert done.exit_code == 2
    assert "needs matplotlib; install it with `pip install 'bonaface[evaluation]'`" in done.stderr
