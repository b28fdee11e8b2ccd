"""Each file of examples/ runs, on the portrait and on videos made on the spot."""

import ast
import io
import json
import re
import runpy
from pathlib import Path
from typing import Any

import cv2
import httpx2
import numpy as np
import pytest
from fastapi.testclient import TestClient

from bonaface import Analysis, Analyzer
from bonaface.drawing import Drawing
from bonaface.imaging.types import RgbImage
from conftest import ROOT
from support.models.analyses import SteadyAnalyzer
from support.observability.logs import discard_logs
from support.servers.thread import running, settings_in

EXAMPLES = ROOT / "examples"
PORTRAIT = EXAMPLES / "astronaut.png"
ATTACK = EXAMPLES / "attack.jpg"


@pytest.fixture(autouse=True)
def _one_analyzer(analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models are loaded once for all: an example that makes an analyzer gets this one in its colours."""

    def made(*_: object, lanes: int = 1, color: str = "rgb") -> Analyzer:
        del lanes
        analyzer.color = color  # type: ignore[assignment]
        return analyzer

    monkeypatch.setattr("bonaface.Analyzer", made, raising=False)


@pytest.fixture(autouse=True)
def _colour_as_it_was(analyzer: Analyzer) -> Any:  # noqa: ANN401
    yield
    analyzer.color = "rgb"


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory, portrait_pixels: RgbImage) -> Path:
    """Two seconds of the portrait, ten frames a second, as a webcam would film it."""
    path = tmp_path_factory.mktemp("video") / "portrait.avi"
    height, width = portrait_pixels.shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (width, height))
    assert writer.isOpened()
    for _ in range(20):
        writer.write(portrait_pixels[..., ::-1])
    writer.release()
    return path


def _run(name: str, *arguments: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", [name, *map(str, arguments)])
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")


def test_the_webcam_loop(
    video: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _run("webcam.py", "--source", video, monkeypatch=monkeypatch)
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(re.fullmatch(r"bona fide 0\.\d{3}.*", line) for line in lines)


def test_the_webcam_loop_without_a_camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="no camera or video"):
        _run("webcam.py", "--source", tmp_path / "none.avi", monkeypatch=monkeypatch)


def test_the_video(video: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _run("video.py", video, "--rate", 2, monkeypatch=monkeypatch)
    count, verdict = capsys.readouterr().out.splitlines()
    assert count == "4 frames, 4 with a face"
    assert re.fullmatch(r"bona fide: median liveness 0\.\d{3}, 0 of 4 look like an attack", verdict)


def test_what_users_of_deepface_get(analyzer: Analyzer, portrait_pixels: RgbImage) -> None:
    extract_faces = runpy.run_path(str(EXAMPLES / "from_deepface.py"))["extract_faces"]
    (face,) = extract_faces(portrait_pixels[..., ::-1])
    (same,) = extract_faces(str(PORTRAIT))
    assert face == same
    assert face["is_real"] is True
    area = face["facial_area"]
    assert (area["w"], area["h"]) == pytest.approx((96, 116), abs=2)
    assert [one["is_real"] for one in extract_faces(str(ATTACK))] == [False]


def test_the_dependency_of_fastapi() -> None:
    app = runpy.run_path(str(EXAMPLES / "fastapi_dependency.py"))["app"]
    with TestClient(app) as client:

        def enrol(data: bytes) -> tuple[int, Any]:
            answer = client.post("/enrol", files={"image": io.BytesIO(data)})
            return answer.status_code, answer.json()

        assert enrol(ATTACK.read_bytes()) == (403, {"detail": "This looks like a presentation attack."})
        assert enrol(b"GIF89a")[0] == 400
        portrait = (ROOT / "src" / "bonaface" / "cli" / "portrait.jpg").read_bytes()
        assert enrol(portrait)[0] in (200, 403)  # strict: the studio's portrait is near its threshold
        blank = cv2.imencode(".png", np.zeros((100, 100, 3), np.uint8))[1].tobytes()
        assert enrol(blank) == (400, {"detail": "There must be one face; there are 0."})


def test_the_backends_of_a_capture_hand_out_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one of Express is run with its package: tests/system/http_clients/test_js_package.py."""
    discard_logs()
    with running(SteadyAnalyzer(), settings_in(tmp_path)) as server:
        for name, value in (("URL", server.url), ("APP_KEY", server.app_key), ("SECRET_KEY", server.secret)):
            monkeypatch.setenv(f"LIVENESS_{name}", value)
        app = runpy.run_path(str(EXAMPLES / "capture_fastapi.py"))["app"]
        with TestClient(app) as client:
            page, script = client.get("/").text, client.get("/client/capture.js")
            token = client.post("/token").json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx2.post(
            f"{server.url}/v2/liveness", headers=headers, files={"imageFile": PORTRAIT.read_bytes()}
        )
    assert (answer.status_code, script.status_code) == (200, 200)
    assert f'endpoint="{server.url}"' in page
    assert server.secret not in page


def test_the_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its cells one after the other, without a kernel; what each shows at its end."""
    monkeypatch.chdir(EXAMPLES)
    names: dict[str, object] = {}
    cells = json.loads((EXAMPLES / "notebook.ipynb").read_text("utf-8"))["cells"]
    assert all(not cell.get("outputs") for cell in cells)
    shown = [_shown("".join(cell["source"]), names) for cell in cells if cell["cell_type"] == "code"]
    _, analysis, drawing, by_preset, results = shown
    assert isinstance(analysis, Analysis)
    assert isinstance(drawing, Drawing)
    assert by_preset == {"weak": False, "balanced": False, "strict": True}
    assert isinstance(results, list)
    assert [type(one) for one in results] == [dict, FileNotFoundError]


def _shown(source: str, names: dict[str, object]) -> object:
    """Runs a cell; the value of its last line, where that is an expression."""
    tree = ast.parse(source)
    last = tree.body[-1]
    if not isinstance(last, ast.Expr):
        exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - the notebook's own
        return None
    exec(compile(ast.Module(tree.body[:-1], []), "cell", "exec"), names)  # noqa: S102
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307


def test_the_drawn_attack_is_what_its_script_draws_and_is_taken_for_one(
    analyzer: Analyzer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run("make_attack.py", tmp_path / "attack.jpg", monkeypatch=monkeypatch)
    made, kept = (cv2.imread(str(path)) for path in (tmp_path / "attack.jpg", ATTACK))
    assert made is not None
    assert kept is not None
    assert np.abs(made.astype(int) - kept).mean() < 1  # other processors round otherwise
    (face,) = analyzer.analyze(ATTACK, "balanced").faces
    assert face.spoofing
    assert face.liveness_score < 0.1


def test_every_example_is_told_of() -> None:
    page = (EXAMPLES / "README.md").read_text("utf-8")
    for path in EXAMPLES.iterdir():
        assert path.name == "README.md" or f"`{path.name}`" in page or path.name == "__pycache__", path.name
