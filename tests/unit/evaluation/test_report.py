import base64
import csv
import hashlib
import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bonaface.evaluation.comparison import compare
from bonaface.evaluation.dataset import Label
from bonaface.evaluation.gallery import Mistake, Mistakes
from bonaface.evaluation.other_run import read_other_run
from bonaface.evaluation.provenance import Provenance
from bonaface.evaluation.report import ReportParts, write_evaluation
from bonaface.evaluation.result import Run, find_result
from bonaface.evaluation.robustness import Flips
from bonaface.evaluation.scoring import Unscored
from bonaface.interval import share
from bonaface.types import Preset
from support.models.scores import a_sample, a_source, random_source, scored, whole

RUN = Run(
    "some-model",
    "some-detector",
    "some engine",
    {Preset.WEAK: 0.2, Preset.BALANCED: 0.5, Preset.STRICT: 0.8},
    Preset.BALANCED,
    1,
)


MADE = Provenance(
    datetime(2026, 11, 30, 12, 5, tzinfo=UTC),
    "bonaface evaluate set/m.csv",
    "1.2",
    {"a.onnx": "ab"},
    "set/m.csv",
    "cd",
    "",
)
GALLERY = (Mistakes("print", True, 30, (Mistake("set/x.jpg", "web", 0.98765, True, "/9j/"),)),)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "deep"
    failed = [
        Unscored(a_sample(Label.ATTACK, "<script>alert(1)</script>"), False, "Broken & gone."),
        Unscored(a_sample(Label.BONA_FIDE, "cam"), True, "No face was found."),
    ]
    grey = (scored(0.7, skin=float("nan")),)
    scoring = whole(random_source(1, "web"), a_source([0.9, 0.3], print=[0.6]), grey, failed=failed)
    flips = (Flips("blur", "1 px", 20, share(2, 20), 0.1, 0.1, 0.25),)
    result = find_result(RUN, scoring, flips, rounds=10)
    parts = ReportParts(MADE, compare(result, read_other_run("strict", result), 3), GALLERY)
    write_evaluation(result, folder, parts)
    return folder


class _Tags(HTMLParser):
    """Every tag of a page, and the addresses that it names."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [
            value or "" for name, value in attrs if name in ("src", "href", "srcset", "action")
        ]


def test_every_file_is_there(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {
        "det.png",
        "det_kinds.png",
        "figures.md",
        "presets.csv",
        "report.html",
        "robustness.png",
        "scores.csv",
        "scores.png",
        "sources.csv",
        "summary.json",
    }


def test_the_page_opens_offline_and_runs_its_own_script_alone(folder: Path) -> None:
    text = (folder / "report.html").read_text("utf-8")
    page = _Tags()
    page.feed(text)

    assert page.tags.count("img") == 5
    assert all(
        address.startswith(("data:image/png;base64,", "data:image/jpeg;base64,"))
        for address in page.addresses
    )
    assert not {"link", "iframe", "object", "form"} & set(page.tags)
    assert "url(" not in text
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "Broken &amp; gone." in text


def test_the_policy_names_style_and_script_by_their_hash(folder: Path) -> None:
    text = (folder / "report.html").read_text("utf-8")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
    style, script = (
        re.findall(r"<style>(.*?)</style>", text, re.S),
        re.findall(r"<script>(.*?)</script>", text, re.S),
    )
    hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in (*style, *script)]

    assert len(hashes) == 2
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{hashes[0]}'; "
        f"script-src 'sha256-{hashes[1]}'; base-uri 'none'; form-action 'none'"
    )
    assert " style=" not in text


def test_the_page_tells_what_it_was_made_with(folder: Path) -> None:
    text = (folder / "report.html").read_text("utf-8")
    for told in ("2026-11-30 12:05 UTC", "bonaface evaluate set/m.csv", "SHA-256 of a.onnx"):
        assert told in text
    assert "This run beside strict" in text
    assert "set/m.csv" not in (folder / "figures.md").read_text("utf-8")
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    assert summary["provenance"] == {
        "version": "1.2",
        "files": {"a.onnx": "ab"},
        "manifest_sha256": "cd",
        "presets_sha256": None,
    }
    assert summary["comparison"]["mean"]["differences"][0]["name"] == "balanced.apcer"


def test_pictures_are_there_only_where_they_were_asked_for(folder: Path, tmp_path: Path) -> None:
    with_pictures = (folder / "report.html").read_text("utf-8")
    write_evaluation(find_result(RUN, whole(a_source([0.9], print=[0.6])), rounds=2), tmp_path)

    assert "1 of the 30 images that some preset judges wrong" in with_pictures
    assert "keep this page as you keep them" in with_pictures
    assert "image/jpeg" not in (tmp_path / "report.html").read_text("utf-8")
    assert "worst mistakes" not in (tmp_path / "report.html").read_text("utf-8")


def test_figures_name_their_charts_and_no_image_of_the_data_set(folder: Path) -> None:
    text = (folder / "figures.md").read_text("utf-8")

    for name in re.findall(r"!\[[^]]+\]\(([^)]+)\)", text):
        assert (folder / name).is_file()
    assert text.count("![") == 4
    assert ".jpg" not in text
    assert "\n\n\n" not in text
    assert text.startswith("# Error rates of some-model\n\nPAD model some-model, detector some-detector")


def test_scores_have_a_row_an_image(folder: Path) -> None:
    with (folder / "scores.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    states = [row["state"] for row in rows]

    assert (states.count("scored"), states.count("no_face"), states.count("unreadable")) == (64, 1, 1)
    assert [row["spoofing"] for row in rows[60:63]] == ["False", "True", "False"]
    assert (rows[60]["x0"], rows[60]["score"], rows[60]["skin_angle"]) == ("40", "0.9", "45.0")
    assert (rows[63]["attack_type"], rows[63]["skin_angle"]) == ("", "")
    assert rows[62]["attack_type"] == "print"


def test_tables_and_summary_agree(folder: Path) -> None:
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    with (folder / "sources.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["source"]: row for row in csv.DictReader(file)}
    with (folder / "presets.csv").open(encoding="utf-8", newline="") as file:
        presets = {row["source"]: row for row in csv.DictReader(file)}

    assert float(rows["web"]["EER"]) == summary["sources"]["web"]["figures"]["eer"]["value"]
    assert (
        float(presets["web"]["strict APCER high"])
        == summary["sources"]["web"]["figures"]["strict.apcer"]["high"]
    )
