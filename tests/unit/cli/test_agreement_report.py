"""A comparison as tables, JSON and CSV."""

import csv
import json
from pathlib import Path

import pytest

from bonaface.cli.agreement_report import SHOWN, Format, verdict_of, write_agreement
from bonaface.side_by_side.agreement import Compared, find_agreement
from bonaface.side_by_side.record import RunIdentity
from bonaface.side_by_side.service_answer import Corners, FaceAnswer, ServiceAnswer

RUN = RunIdentity(nhn="https://nhn.example", own="bonaface 1", preset="strict")
BOX = Corners(x0=0.1, y0=0.1, x1=0.5, y1=0.5)


def answer(*spoofing: bool) -> ServiceAnswer:
    faces = tuple(FaceAnswer(bbox=BOX, spoofing=one) for one in spoofing)
    return ServiceAnswer(code=0, message="Success", faces=faces, seconds=0.5)


REFUSED = ServiceAnswer(code=-45040, message="InvalidImageFormatException", seconds=0.1)
AWAY = ServiceAnswer(code=None, message="HTTP 503")
IMAGES = [
    Compared("same.jpg", answer(True), answer(True)),
    Compared("other.jpg", answer(True), answer(False)),
    Compared("code.jpg", REFUSED, answer()),
    Compared("away.jpg", AWAY, answer()),
]


def written(format_: Format, tmp_path: Path, images: list[Compared] = IMAGES) -> str:
    write_agreement(RUN, find_agreement(images), images, format_, tmp_path / "out")
    return (tmp_path / "out").read_text("utf-8")


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (answer(True, False), "attack"),
        (answer(False), "bona_fide"),
        (answer(), "no_face"),
        (REFUSED, ""),
        (AWAY, ""),
    ],
)
def test_the_verdict_on_an_image(said: ServiceAnswer, verdict: str) -> None:
    assert verdict_of(said) == verdict


def test_rows_of_csv(tmp_path: Path) -> None:
    rows = list(csv.DictReader(written(Format.CSV, tmp_path).splitlines()))
    assert [(row["path"], row["difference"]) for row in rows] == [
        ("same.jpg", ""),
        ("other.jpg", "verdict"),
        ("code.jpg", "code"),
        ("away.jpg", "no_answer"),
    ]
    assert (rows[1]["nhn_verdict"], rows[1]["own_verdict"]) == ("attack", "bona_fide")
    assert (rows[2]["nhn_code"], rows[2]["nhn_faces"], rows[2]["own_faces"]) == ("-45040", "", "0")
    assert (rows[3]["nhn_code"], rows[3]["nhn_message"]) == ("", "HTTP 503")


def test_one_object_of_json(tmp_path: Path) -> None:
    told = json.loads(written(Format.JSON, tmp_path))
    assert told["run"] == RUN.model_dump()
    same = told["agreement"]["same_verdict"]
    assert (same["part"], same["of"], same["share"]) == (1, 2, 0.5)
    assert 0 < same["interval"][0] < 0.5 < same["interval"][1] < 1
    assert told["agreement"]["codes"][0] == {"nhn": 0, "own": 0, "images": 2}
    assert [image["difference"] for image in told["images"]] == ["", "verdict", "code", "no_answer"]


def test_tables_for_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = written(Format.TABLE, tmp_path)
    assert max(map(len, text.splitlines())) <= 80
    for words in ("answered by both", "3 of 4", "75.0%", "-45040", "other.jpg", "bona fide", "HTTP 503"):
        assert words in text
    assert "same.jpg" not in text
    assert "overlap by 1.00" in text


def test_many_differences_are_counted(tmp_path: Path) -> None:
    images = [Compared(f"{number}.jpg", answer(True), answer(False)) for number in range(SHOWN + 3)]
    text = written(Format.TABLE, tmp_path, images)
    assert "3 more differ" in text
    assert f"{SHOWN}.jpg" not in text


def test_nothing_to_compare(tmp_path: Path) -> None:
    assert "0 of 0" in written(Format.TABLE, tmp_path, [])
    assert json.loads(written(Format.JSON, tmp_path, []))["agreement"]["same_code"]["share"] is None
