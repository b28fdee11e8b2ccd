import csv
import io
import json
import re
from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

from bonaface.analyzer import Analyzer
from bonaface.setting_sources import ENV_PREFIX
from support.command import run

pytestmark = pytest.mark.usefixtures("quick_engine")


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


def test_a_bona_fide_face_is_a_plain_line_and_status_0(portrait_file: Path) -> None:
    done = run("check", str(portrait_file))

    assert done.exit_code == 0
    path, verdict, score, reasons = done.stdout.removesuffix("\n").split("\t")
    assert (path, verdict, reasons) == (str(portrait_file), "bona fide", "")
    assert 0.5 < float(score) < 1
    assert done.stderr == ""


def test_a_table_when_asked_for(portrait_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = run("check", str(portrait_file), "--format", "table")
    assert re.search(r"portrait\.png +96 x 116 +bona fide +0\.\d{3}", done.stdout)
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_folder_by_several_at_once_with_a_summary(portrait_file: Path, faceless: Path) -> None:
    (portrait_file.parent / "deep").mkdir()
    text = portrait_file.parent / "deep" / "z.jpg"
    text.write_text("no image")
    done = run("check", str(portrait_file.parent), "--jobs", "2")

    assert done.exit_code == 2
    names = [line.split("\t")[0] for line in done.stdout.splitlines()]
    assert names == [str(path) for path in (faceless, portrait_file, text)]
    complaint, summary = done.stderr.splitlines()
    assert complaint == f"bonaface: {text}: The image is neither PNG nor JPEG; save it as one of them."
    assert re.fullmatch(r"3 images: 1 bona fide, 1 without a face, 1 not checked; \d+\.\d s", summary)


def test_a_folder_without_an_image_is_told(tmp_path: Path) -> None:
    done = run("check", str(tmp_path), "--json")
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]["code"] == "no_images"


def test_standard_input_is_an_image(portrait: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(portrait)))
    done = run("check", "-", "--draw", str(tmp_path / "drawn.jpg"))
    assert (done.exit_code, done.stdout.split("\t")[:2]) == (0, ["-", "bona fide"])
    assert (tmp_path / "drawn.jpg").read_bytes().startswith(b"\xff\xd8")


def test_rows_go_into_a_file_as_csv_and_parquet(portrait_file: Path, tmp_path: Path) -> None:
    table, parquet = tmp_path / "a.csv", tmp_path / "a.parquet"
    assert run("check", str(portrait_file), "--format", "csv", "--out", str(table)).stdout == ""
    assert run("check", str(portrait_file), "--format", "parquet", "--out", str(parquet)).exit_code == 0
    (row,) = csv.DictReader(table.read_text("utf-8").splitlines())
    (same,) = pq.read_table(parquet).to_pylist()
    assert row["verdict"] == same["verdict"] == "bona_fide"
    assert float(row["liveness_score"]) == same["liveness_score"]


def test_parquet_is_a_file_and_needs_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--out" in run("check", "a.png", "--format", "parquet").stderr
    monkeypatch.setattr("bonaface.optional_dependencies.find_spec", lambda _: None)
    done = run("check", "a.png", "--format", "parquet", "--out", "a.parquet")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "pip install 'bonaface[parquet]'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_place_that_cannot_be_written_is_one_sentence(portrait_file: Path, tmp_path: Path) -> None:
    done = run("check", str(portrait_file), "--out", str(tmp_path / "none" / "a.txt"))
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "cannot be written (No such file or directory)" in done.stderr


def test_what_nobody_expected_of_one_file_leaves_the_others(
    portrait_file: Path, faceless: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def analyze(self: Analyzer, image: Path, preset: object, *, heatmap: bool) -> object:
        if image == faceless:
            raise MemoryError
        if image == portrait_file:
            return real(self, image, None)
        raise ZeroDivisionError

    real = Analyzer.analyze
    monkeypatch.setattr(Analyzer, "analyze", analyze)
    done = run("check", str(faceless), "odd.png", str(portrait_file), "--json", "--jobs", "1")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line.get("error", {}).get("code") for line in lines] == ["out_of_memory", "internal_error", None]
    assert done.exit_code == 2


def test_a_contact_sheet_of_all_that_is_opened(
    portrait_file: Path, faceless: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    page = tmp_path / "sheet.html"
    done = run("check", str(portrait_file), str(faceless), "--draw", str(page), "--open")
    assert (done.exit_code, shown) == (0, [page.as_uri()])
    assert page.read_text("utf-8").count("<img") == 2
    assert f"contact sheet: {page}" in done.stderr
    run("check", str(faceless), "--open")
    assert shown[1].startswith("file://")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--draw", "out.gif"], "not as '.gif'"),
        (["--draw", "out.png", "--open"], "ends? in .html|end --draw"),
        (["more.png", "--draw", "out.png"], "is one file, but there are 2 images"),
    ],
)
def test_what_cannot_be_drawn_into_is_told_before_any_work(options: list[str], told: str) -> None:
    done = run("check", "none.png", *options)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert re.search(told, done.stderr)


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
    absent = portrait_file.parent / "absent.png"
    done = run("check", str(portrait_file), str(absent))

    assert done.exit_code == 2
    assert f"bonaface: {absent}: No such file or directory." in done.stderr


def test_no_face_is_no_error_unless_one_is_required(faceless: Path) -> None:
    assert run("check", str(faceless)).exit_code == 0
    assert "no face" in run("check", str(faceless)).stdout
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


def test_heatmaps_go_into_a_folder_and_are_told_in_json(portrait_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "maps"
    done = run("check", str(portrait_file), "--heatmap", str(folder), "--json")
    (face,) = json.loads(done.stdout)["faces"]
    assert len(face["heatmap"]["cells"]) == 8
    (path,) = folder.iterdir()
    drawn, source = cv2.imread(str(path)), cv2.imread(str(portrait_file))
    assert path.name == "1-portrait.png"
    assert drawn is not None
    assert np.argwhere((drawn != source).any(axis=2)).shape[0] > 40_000  # more than box and label


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
