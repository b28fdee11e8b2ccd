from dataclasses import replace
from pathlib import Path

import pytest

from bonaface.evaluation.calibrate import Rules, calibrate
from bonaface.evaluation.calibration import CalibrationReport, calibration_page, calibration_tables, notes
from bonaface.evaluation.cross_validation import cross_validate
from bonaface.evaluation.report_page import write_page
from bonaface.evaluation.scoring import Scored
from bonaface.evaluation.sources import CROP, MEASURE, by_source
from bonaface.types import Preset
from support.models.scores import a_source, random_source, whole


def a_report(*parts: tuple[Scored, ...], rules: Rules | None = None) -> CalibrationReport:
    sources, rules = by_source(whole(*parts), lambda one: one.log_odds), rules or Rules()
    validation = cross_validate(sources, 1, rules)
    return CalibrationReport(
        sources, calibrate(sources, 10, 1, rules), validation, validation.expected(20, 1)
    )


TWO = a_report(random_source(1, "a"), random_source(2, "b"))


def test_tables_tell_what_presets_do_on_sources_left_out() -> None:
    presets, spread, left_out, thresholds = calibration_tables(TWO)

    assert [row[0] for row in presets.rows] == list(Preset)
    assert presets.rows[1][3] == TWO.expected[Preset.BALANCED].apcer
    assert "left out" in presets.note
    assert [row[1] for row in spread.rows] == list(Preset)
    assert [row[0] for row in left_out.rows] == ["a", "b"]
    assert left_out.rows[0][8] == TWO.validation.unseen[0].operating(Preset.STRICT).apcer
    for table in (presets, spread, left_out, thresholds):
        assert {len(row) for row in table.rows} == {len(table.header)}


def test_the_worst_source_and_that_of_nine_in_ten_are_shown() -> None:
    parts = [random_source(seed, name) for seed, name in enumerate("abcd")]
    made = a_report(*parts)
    spread = calibration_tables(made)[1]
    rates = sorted(one.operating(Preset.BALANCED).bpcer for one in made.validation.unseen)

    row = spread.rows[1]
    assert row[10] == rates[-1]
    assert rates[-2] <= float(str(row[9])) <= rates[-1]


def test_of_measure_sources_the_mean_alone_is_shown() -> None:
    def marked(part: tuple[Scored, ...]) -> tuple[Scored, ...]:
        return tuple(replace(one, sample=replace(one.sample, use=MEASURE)) for one in part)

    parts = random_source(1, "a"), random_source(2, "b"), marked(random_source(3, "c"))
    spread = calibration_tables(a_report(*parts))[1]
    assert [row[2] for row in spread.rows] == [2, 2, 2, 1, 1, 1]
    assert spread.texts[4][7] == "–"


def test_crops_of_faces_have_rows_of_their_own() -> None:
    def cut(part: tuple[Scored, ...]) -> tuple[Scored, ...]:
        return tuple(replace(one, sample=replace(one.sample, scene=CROP)) for one in part)

    spread = calibration_tables(
        a_report(random_source(1, "a"), random_source(2, "b"), cut(random_source(3, "c")))
    )[1]
    assert [row[0] for row in spread.rows[::3]] == ["sources left out", "crops left out"]
    assert spread.texts[4][7] != "–"


def test_the_mean_eer_leaves_out_sources_of_few_images() -> None:
    two = [random_source(1, "a"), random_source(2, "b")]
    shown = [
        calibration_tables(a_report(*parts))[1:3] for parts in (two, [*two, random_source(3, "c", live=2)])
    ]
    (spread, left_out), (with_few, _) = shown
    own = [float(str(row[3])) for row in left_out.rows]
    assert spread.rows[1][3] == pytest.approx(sum(own) / 2)
    assert with_few.rows[1][2:4] == (3, spread.rows[1][3])


def test_thresholds_to_choose_from_rise_and_trade_one_error_for_the_other() -> None:
    rows = calibration_tables(TWO)[-1].rows
    assert len(rows) > 3
    assert rows == tuple(sorted(rows, key=lambda row: str(row[0])))
    assert rows[0][1] > rows[-1][1]  # type: ignore[operator]
    assert rows[0][2] < rows[-1][2]  # type: ignore[operator]


def test_the_page_has_the_reliability_diagram(tmp_path: Path) -> None:
    write_page(calibration_page(TWO, "some-model"), tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {"figures.md", "reliability.png", "report.html"}
    text = (tmp_path / "figures.md").read_text("utf-8")
    assert f"score = sigmoid({TWO.fit.presets.platt.slope:.4f} x log-odds" in text
    assert "fitted to 120 scored images; 0 without a face" in text
    assert "expected calibration error" in text


@pytest.mark.parametrize(
    "words",
    [
        "the threshold of weak would lie on the wrong side of balanced",
        "what presets do on another camera is not known",
        "50 attacks are too few to claim APCER 1.0% for strict; it takes 300.",
        "200 bona fide images are too few to claim BPCER 1.0% for weak; it takes 300.",
    ],
)
def test_notes_tell_what_a_reader_must_know(words: str) -> None:
    said = notes(a_report(a_source([0.999] * 198 + [0.5, 0.6], print=[0.01] * 50)))
    assert any(words in one for one in said)


def test_few_people_are_told_and_enough_of_everything_is_not() -> None:
    few = random_source(1, "a", live=300, attacks=300)
    people = [replace(one.sample, subject="ab"[int(one.sample.subject[1]) % 2]) for one in few]
    two = tuple(replace(one, sample=sample) for one, sample in zip(few, people, strict=True))
    assert any("2 subjects say little about other people" in one for one in notes(a_report(two)))
    assert notes(a_report(random_source(1, "a", 300, 300), random_source(2, "b", 300, 300))) == []


def test_nothing_to_leave_out_is_said() -> None:
    made = a_report(a_source([0.6, 0.7, 0.9, 0.95], "live"), a_source([], "spoof", print=[0.1, 0.3, 0.65]))
    assert any("too few images to leave any out" in one for one in notes(made))
    assert calibration_tables(made)[0].texts[0][3:] == ["–", "–", "–"]
