"""A bulk job is evaluated, and presets are fitted to it, as if its images were scored anew."""

import json
import tomllib
from pathlib import Path

import pytest

from bonaface import Analyzer
from bonaface.imaging.types import RgbImage
from support.command import run, run_with
from support.pictures.variants import write_set

QUICK = {"MODELS__RUNTIME": "onnxruntime"}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory, portrait_pixels: RgbImage, analyzer: Analyzer) -> str:
    return str(write_set(tmp_path_factory.mktemp("set"), portrait_pixels, analyzer))


@pytest.fixture(scope="module")
def job(manifest: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """In two parts."""
    out = tmp_path_factory.mktemp("job")
    for part in ("1/2", "2/2"):
        options = ("--part", part, "--shard", "4", "--jobs", "1", "--preset", "strict")
        assert run_with(QUICK, "bulk", manifest, "--out", str(out), *options).exit_code == 0
    return str(out)


def _summary(given: str, out: Path, *options: str) -> dict[str, object]:
    settings = {**QUICK, "MODELS__DEFAULT_PRESET": "strict"}
    done = run_with(settings, "evaluate", given, "--out", str(out), *options)
    assert done.exit_code == 0, done.stderr
    told: dict[str, object] = json.loads((out / "summary.json").read_text("utf-8"))
    return {name: told[name] for name in ("run", "images", "sources", "means", "robustness")}


def test_figures_are_the_same(manifest: str, job: str, tmp_path: Path) -> None:
    anew = _summary(manifest, tmp_path / "anew")
    read = _summary(job, tmp_path / "read")
    engine = dict(read["run"]) | {"engine": dict(anew["run"])["engine"]}  # type: ignore[call-overload] # of JSON
    assert {**read, "run": engine} == anew
    assert read["images"] == {"scored": 12, "no_face": 1, "unreadable": 1}


@pytest.mark.usefixtures("quick_engine")
def test_presets_are_the_same_and_can_be_tried_on_it(manifest: str, job: str, tmp_path: Path) -> None:
    for given, name in ((manifest, "anew"), (job, "read")):
        assert run("calibrate", given, "--out", str(tmp_path / f"{name}.toml")).exit_code == 0
    read, anew = (tomllib.loads((tmp_path / f"{name}.toml").read_text("utf-8")) for name in ("read", "anew"))
    for name in ("clip", "slope", "offset", "thresholds"):
        assert read[name] == pytest.approx(anew[name], rel=1e-9)
    pictures = ("--gallery", "--preset-file", str(tmp_path / "read.toml"))
    assert _summary(job, tmp_path / "tried", *pictures)["images"] == {
        "scored": 12,
        "no_face": 1,
        "unreadable": 1,
    }


@pytest.mark.usefixtures("quick_engine")
def test_a_job_without_labels_is_told(manifest: str, tmp_path: Path) -> None:
    folder = Path(manifest).parent
    assert (
        run("bulk", str(folder), "--out", str(tmp_path / "job"), "--limit", "1", "--jobs", "1").exit_code == 0
    )
    done = run("evaluate", str(tmp_path / "job"), "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert "The job has no labels" in done.stderr
