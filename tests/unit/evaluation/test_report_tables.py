import pytest

from bonaface.evaluation.dataset import Label
from bonaface.evaluation.report_tables import headline, tables
from bonaface.evaluation.result import EvaluationResult, Run, find_result
from bonaface.evaluation.robustness import Flips
from bonaface.evaluation.scoring import Unscored
from bonaface.evaluation.tables import Table
from bonaface.interval import UNTOLD, Figure, share
from bonaface.types import Preset
from support.models.scores import a_sample, a_source, random_source, whole

THRESHOLDS = {Preset.WEAK: 0.2, Preset.BALANCED: 0.5, Preset.STRICT: 0.8}
NAN = float("nan")


@pytest.fixture(scope="module")
def result() -> EvaluationResult:
    failed = [Unscored(a_sample(Label.BONA_FIDE, "a"), True, "No face was found.")]
    scoring = whole(random_source(1, "a"), a_source([0.9, 0.4], "b", mask=[0.1, 0.6]), failed=failed)
    flips = (
        Flips("blur", "1 px", 20, share(2, 20), 0.1, NAN, 0.25),
        Flips("blur", "9 px", 0, Figure(NAN, UNTOLD), NAN, NAN, NAN),
    )
    run = Run("m", "d", "e", THRESHOLDS, Preset.BALANCED, 1)
    return find_result(run, scoring, flips, rounds=20)


def _table(result: EvaluationResult, title: str) -> Table:
    (found,) = [one for one in tables(result) if one.title.startswith(title)]
    return found


def test_every_row_has_a_cell_for_every_column(result: EvaluationResult) -> None:
    for table in tables(result):
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.header)}


def test_headline_figures_are_those_of_the_default_preset(result: EvaluationResult) -> None:
    table = headline(result)
    assert table.texts[1][0] == "b"
    assert table.texts[1][3:] == ["50.0", "50.0", "50.0"]
    assert table.texts[2][0] == "mean, all sources"


def test_presets_show_every_threshold(result: EvaluationResult) -> None:
    table = _table(result, "What the presets do")
    assert "weak 0.2000, balanced 0.5000, strict 0.8000" in table.note
    assert table.texts[1][1].startswith("50.0 [")
    assert table.texts[1][1].endswith("], 1 of 2")
    assert table.texts[1][7].startswith("0.0 [0.0, ")
    assert "of" not in table.texts[2][1]


def test_kinds_have_a_row_for_each_source_that_has_them(result: EvaluationResult) -> None:
    table = _table(result, "APCER by kind of attack")
    assert table.header == ("source", "kind", "weak", "balanced", "strict")
    assert [row[:2] for row in table.texts] == [
        ["a", "print"],
        ["a", "replay"],
        ["b", "mask"],
        ["mean, all sources", "mask"],
        ["mean, all sources", "print"],
        ["mean, all sources", "replay"],
    ]
    assert table.texts[2][3].startswith("50.0 [")
    assert table.texts[2][3].endswith("], 1 of 2")
    assert "of" not in table.texts[3][3]


def test_images_are_counted_with_those_that_have_no_face(result: EvaluationResult) -> None:
    assert _table(result, "Images").texts == [
        ["a", "bona fide", "31", "3.2, 1 of 31"],
        ["a", "print", "15", "0.0, 0 of 15"],
        ["a", "replay", "15", "0.0, 0 of 15"],
        ["a", "all attacks", "30", "0.0, 0 of 30"],
        ["b", "bona fide", "2", "0.0, 0 of 2"],
        ["b", "mask", "2", "0.0, 0 of 2"],
    ]


def test_unreadable_images_have_a_row(result: EvaluationResult) -> None:
    failed = [Unscored(a_sample(Label.ATTACK, "cam"), False, "Broken.")]
    found = find_result(result.run, whole(a_source([0.9]), failed=failed), rounds=2)
    assert _table(found, "Images").texts[-1] == ["cam", "could not be read", "1", ""]


def test_one_source_has_no_mean_beside_it(result: EvaluationResult) -> None:
    alone = find_result(result.run, whole(a_source([0.9], print=[0.1, 0.2])), rounds=2)
    for table in tables(alone):
        rows = [row for row in table.texts if table.title != "Images"]
        assert not any(row[0].startswith("mean") for row in rows)
        assert len({tuple(row[:2]) for row in rows}) == len(rows)


def test_skin_warns_of_small_counts(result: EvaluationResult) -> None:
    table = _table(result, "Live faces by skin tone")
    assert table.texts == [["light", "32", "10", "2", table.texts[0][4], "few"]]
    assert table.texts[0][4].endswith(" of 32")


def test_robustness_is_there_when_it_was_run(result: EvaluationResult) -> None:
    table = _table(result, "Robustness")
    assert table.texts[0][:2] == ["blur", "1 px"]
    assert table.texts[0][3].startswith("10.0 [")
    assert table.texts[0][4:] == ["10.0", "–", "0.250"]
    assert table.texts[1] == ["blur", "9 px", "0", "–", "–", "–", "–"]
    plain = find_result(result.run, result.scoring, rounds=5)
    assert not any(one.title.startswith("Robustness") for one in tables(plain))
