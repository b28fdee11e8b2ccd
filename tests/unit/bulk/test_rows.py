from dataclasses import replace

import pytest

from bonaface.bulk.columns import OWN
from bonaface.bulk.item import Item, Place
from bonaface.bulk.rows import failed, of_capture, of_image
from bonaface.liveness.presets import Decision
from bonaface.models.catalog import load_catalog
from bonaface.types import Finding, Inconsistency, Reason
from support.models.analyses import a_face, an_analysis, an_inspection

DECISION = Decision(load_catalog().pad("bonaface-pad").calibration)
IMAGE = Item(0, 7, (Place("a.jpg"),))
CAPTURE = Item(0, 7, (Place("1.jpg"), Place("2.jpg")), "ann")


def test_a_row_for_each_face() -> None:
    analysis = an_analysis(a_face(Reason.BLURRED, Reason.GREY), a_face(spoofing=True))
    first, second = of_image(IMAGE, analysis, DECISION)

    assert (first["image"], first["path"], first["width"], first["height"]) == (7, "a.jpg", 550, 375)
    assert (first["face"], first["verdict"], first["reasons"]) == (1, "bona_fide", "blurred grey")
    assert (second["face"], second["verdict"], second["liveness_score"]) == (2, "attack", 0.1)
    assert DECISION.score(first["log_odds"]) == pytest.approx(0.9, abs=1e-12)
    assert first["landmarks"] == [71, 160, 111, 162, 91, 185, 76, 208, 106, 210]
    assert "capture" not in first
    assert first.keys() <= OWN.keys()


def test_an_image_without_a_face_has_a_row() -> None:
    (row,) = of_image(IMAGE, an_analysis(), DECISION)
    assert (row["verdict"], row["width"]) == ("no_face", 550)


def test_a_failed_image_has_one_that_says_why() -> None:
    (row,) = failed(IMAGE, "invalid_image", "Broken.")
    assert row == {
        "image": 7,
        "path": "a.jpg",
        "verdict": "error",
        "error_code": "invalid_image",
        "error_message": "Broken.",
    }


def test_rows_of_a_capture_tell_its_score_and_what_does_not_fit() -> None:
    finding = Finding(1, Inconsistency.DUPLICATE, 0)
    inspection = an_inspection(an_analysis(a_face()), an_analysis(a_face(spoofing=True)))
    rows = of_capture(CAPTURE, replace(inspection, findings=(finding, finding)), DECISION)

    assert [(row["capture"], row["frame"], row["path"]) for row in rows] == [
        ("ann", 1, "1.jpg"),
        ("ann", 2, "2.jpg"),
    ]
    assert [row["verdict"] for row in rows] == ["bona_fide", "attack"]
    assert {row["capture_score"] for row in rows} == {0.5}
    assert {row["capture_verdict"] for row in rows} == {"bona_fide"}
    assert {row["findings"] for row in rows} == {"duplicate"}


def test_a_capture_without_any_face_has_no_score() -> None:
    rows = of_capture(CAPTURE, an_inspection(an_analysis(), an_analysis()), DECISION)
    assert [row["verdict"] for row in rows] == ["no_face", "no_face"]
    assert all("capture_score" not in row for row in rows)
