from bonaface.evaluation.comparison import Comparison, Difference, SourceComparison
from bonaface.evaluation.comparison_tables import comparison_tables, signed
from bonaface.evaluation.other_run import OtherRun
from bonaface.interval import UNTOLD, Figure, Interval
from bonaface.types import Preset

NAN = float("nan")


def _compared(name: str) -> SourceComparison:
    change = Figure(-0.02, Interval(-0.05, 0.0004))
    rates = tuple(Difference(f"balanced.{rate}", 0.1, 0.12, change) for rate in ("apcer", "bpcer", "acer"))
    return SourceComparison(name, 40, 3, 2, (Difference("eer", 0.1, NAN, Figure(NAN, UNTOLD)), *rates))


def _comparison(*names: str, same_scores: bool = False) -> Comparison:
    other = OtherRun("old", {}, {Preset.BALANCED: 0.5}, same_scores)
    sources = tuple(map(_compared, names))
    mean = _compared("mean, all sources" if len(names) > 1 else "only")
    return Comparison(other, sources, mean, 500, 7, 0, ())


def test_one_source_is_one_table() -> None:
    (table,) = comparison_tables(_comparison("only"), Preset.BALANCED)

    assert table.header == ("figure", "this run", "old", "difference")
    assert table.texts[:2] == [
        ["EER", "10.0", "–", "–"],
        ["APCER, balanced", "10.0", "12.0", "-2.0 [-5.0, 0.0]"],
    ]
    assert "500 resamples of the same images for both, seed 7" in table.note
    assert "3 images are right here and wrong there, 2 the other way round" in table.note


def test_several_sources_have_a_row_each() -> None:
    _, table = comparison_tables(_comparison("a", "b"), Preset.BALANCED)
    assert table.texts[0] == ["a", "40", *["-2.0 [-5.0, 0.0]"] * 3, "3", "2"]


def test_presets_are_named_beside_each_other() -> None:
    (table,) = comparison_tables(_comparison("only", same_scores=True), Preset.BALANCED)
    assert table.texts[1][0] == "APCER, balanced beside old"


def test_no_common_image_is_no_table() -> None:
    assert comparison_tables(_comparison(), Preset.BALANCED) == ()


def test_signs() -> None:
    assert signed(Difference("x", 0.2, 0.1, Figure(0.1, UNTOLD))) == "+10.0"
    assert signed(Difference("x", 0.1, 0.1, Figure(-0.0, Interval(-0.0001, 0.01)))) == "0.0 [0.0, +1.0]"
