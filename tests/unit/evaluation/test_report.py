import csv
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.dataset import Label
from bonaface.evaluation.interval import share
from bonaface.evaluation.report import write_evaluation, write_file
from bonaface.evaluation.result import Run, find_result
from bonaface.evaluation.robustness import Flips
from bonaface.evaluation.scoring import Unscored
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
    write_evaluation(find_result(RUN, scoring, flips, rounds=10), folder)
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
        "figures.md",
        "presets.csv",
        "report.html",
        "robustness.png",
        "scores.csv",
        "scores.png",
        "sources.csv",
        "summary.json",
    }


def test_the_page_opens_offline_and_runs_nothing(folder: Path) -> None:
    text = (folder / "report.html").read_text("utf-8")
    page = _Tags()
    page.feed(text)

    assert page.tags.count("img") == 3
    assert all(address.startswith("data:image/png;base64,") for address in page.addresses)
    assert not {"script", "link", "iframe", "object", "form"} & set(page.tags)
    assert "url(" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "Broken &amp; gone." in text


def test_figures_name_their_charts_and_no_image_of_the_data_set(folder: Path) -> None:
    text = (folder / "figures.md").read_text("utf-8")

    for name in re.findall(r"!\[[^]]+\]\(([^)]+)\)", text):
        assert (folder / name).is_file()
    assert text.count("![") == 3
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


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidParameterError, match="cannot be written"):
        write_file(tmp_path / "file" / "x", b"")
