import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from bonaface.settings import ENV_PREFIX
from support.command import run


@pytest.fixture
def faceless(tmp_path: Path) -> Path:
    path = tmp_path / "grey.png"
    cv2.imwrite(str(path), np.full((120, 160, 3), 127, dtype=np.uint8))
    return path


@pytest.fixture
def presets_that_refuse_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "presets.toml"
    path.write_text(
        "clip = 8.0\nslope = 1.0\noffset = 0.0\nthresholds = { weak = 1.0, balanced = 1.0, strict = 1.0 }\n"
    )
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__PRESETS", str(path))


def test_a_bona_fide_face_is_a_table_and_status_0(portrait_file: Path) -> None:
    done = run("check", str(portrait_file))

    assert done.exit_code == 0
    assert "bona fide" in done.stdout
    assert done.stderr == ""


def test_json_has_the_documented_shape(portrait_file: Path) -> None:
    found = json.loads(run("check", str(portrait_file), "--json").stdout)

    assert list(found) == ["path", "width", "height", "preset", "faces"]
    assert (found["path"], found["width"], found["height"]) == (str(portrait_file), 512, 512)
    (face,) = found["faces"]
    assert list(face) == [
        "bbox", "landmarks", "confidence", "livenessScore", "spoofing", "pose", "reasons",
    ]  # fmt: skip
    x0, y0, x1, y1 = face["bbox"]
    assert 0 <= x0 < x1 <= 512
    assert 0 <= y0 < y1 <= 512
    assert 0.5 < face["livenessScore"] <= 1
    assert list(face["pose"]) == ["yaw", "pitch", "roll"]
    assert face["spoofing"] is False
    assert face["reasons"] == []


@pytest.mark.usefixtures("presets_that_refuse_everything")
@pytest.mark.parametrize("preset", ["weak", "balanced", "strict"])
def test_an_attack_found_is_status_1(portrait_file: Path, preset: str) -> None:
    done = run("check", str(portrait_file), "--preset", preset)

    assert done.exit_code == 1
    assert "presentation attack" in done.stdout


def test_what_cannot_be_read_is_an_error_among_the_others(portrait_file: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no image")
    done = run("check", str(portrait_file), str(text), str(tmp_path / "absent.jpg"), "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.exit_code == 2
    assert len(lines[0]["faces"]) == 1
    assert lines[1]["error"]["code"] == "unsupported_format"
    assert lines[2] == {
        "path": str(tmp_path / "absent.jpg"),
        "error": {"code": "unreadable_file", "message": "No such file or directory."},
    }


@pytest.mark.usefixtures("presets_that_refuse_everything")
def test_an_error_wins_over_an_attack_and_is_told_on_standard_error(portrait_file: Path) -> None:
    done = run("check", str(portrait_file), str(portrait_file.parent))

    assert done.exit_code == 2
    assert f"bonaface: {portrait_file.parent}: Is a directory." in done.stderr


def test_no_face_is_no_error_unless_one_is_required(faceless: Path) -> None:
    assert run("check", str(faceless)).exit_code == 0
    assert "no face found" in run("check", str(faceless)).stdout
    assert json.loads(run("check", str(faceless), "--json").stdout)["faces"] == []
    assert run("check", str(faceless), "--require-face").exit_code == 2


def test_draw_writes_a_picture_with_the_verdict(portrait_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.png"
    assert run("check", str(portrait_file), "--draw", str(target)).exit_code == 0
    drawn, source = cv2.imread(str(target)), cv2.imread(str(portrait_file))

    assert drawn is not None
    assert source is not None
    assert drawn.shape == source.shape
    changed = np.argwhere((drawn != source).any(axis=2))
    assert 500 < len(changed) < 40_000
    assert changed.min() > 20


def test_draw_names_a_folder_for_several_images(portrait_file: Path, faceless: Path, tmp_path: Path) -> None:
    folder = tmp_path / "drawn"
    run("check", str(portrait_file), str(faceless), "--draw", str(folder))

    assert sorted(path.name for path in folder.iterdir()) == ["1-portrait.png", "2-grey.png"]


def test_draw_that_cannot_be_written_is_an_error(portrait_file: Path, tmp_path: Path) -> None:
    done = run("check", str(portrait_file), "--draw", str(tmp_path / "absent" / "out.png"), "--json")

    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]["code"] == "unreadable_file"


def test_a_wrong_preset_is_refused() -> None:
    assert run("check", "x.png", "--preset", "lenient").exit_code == 2


def test_a_missing_model_is_one_sentence(
    portrait_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__DIRECTORY", str(tmp_path / "none"))
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__DETECTOR", "centerface")  # no part of the package
    done = run("check", str(portrait_file))

    assert done.exit_code == 2
    assert done.stderr == (
        "bonaface: The model centerface is not installed; run `bonaface models pull centerface`.\n"
    )
