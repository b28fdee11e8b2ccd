import json

from bonaface.evaluation.explorer import explorer_data, kinds_at, pooled, sources_at
from bonaface.evaluation.other_run import OtherRun, read_other_run
from bonaface.evaluation.result import EvaluationResult, Run, find_result
from bonaface.evaluation.scores_file import KnownScore
from bonaface.types import Preset
from support.models.scores import a_source, whole

THRESHOLDS = {Preset.WEAK: 0.2, Preset.BALANCED: 0.5, Preset.STRICT: 0.8}


def _result(source: str = "b") -> EvaluationResult:
    parts = whole(a_source([0.9, 0.4], "a", mask=[0.1, 0.6], print=[0.7]), a_source([0.3], source))
    return find_result(Run("m", "d", "e", THRESHOLDS, Preset.BALANCED, 1), parts, rounds=2)


def test_scores_rise_by_source_and_kind() -> None:
    data = json.loads(explorer_data(_result()))

    assert data["preset"] == "balanced"
    assert data["presets"][2] == {"name": "strict", "threshold": 0.8}
    assert data["sources"] == [
        {"name": "a", "live": [0.4, 0.9], "attacks": {"mask": [0.1, 0.6], "print": [0.7]}},
        {"name": "b", "live": [0.3], "attacks": {}},
    ]
    assert "other" not in data


def test_no_name_ends_the_element() -> None:
    assert "<" not in explorer_data(_result("</script><script>alert(1)"))


def test_another_run_is_there_for_the_curves_and_another_preset_is_not() -> None:
    result = _result()
    other = OtherRun("old", {"a/attack.jpg": KnownScore("attack", 0.8)}, THRESHOLDS)
    data = json.loads(explorer_data(result, other))

    assert data["other"]["sources"][0] == {
        "name": "a",
        "live": [],
        "attacks": {"mask": [0.8, 0.8], "print": [0.8]},
    }
    assert "other" not in json.loads(explorer_data(result, read_other_run("weak", result)))


def test_tables_at_a_threshold() -> None:
    result = _result()

    assert kinds_at(pooled(result.sources), 0.5).texts == [
        ["bona fide", "2 of 3", "66.7", "20.8 to 93.9"],
        ["mask", "1 of 2", "50.0", "9.5 to 90.5"],
        ["print", "1 of 1", "100.0", "20.7 to 100.0"],
        ["all attacks", "2 of 3", "66.7", "20.8 to 93.9"],
    ]
    assert sources_at(result, 0.5).texts == [
        ["a", "100.0, 1 of 1", "print", "50.0, 1 of 2", "75.0"],
        ["b", "–", "–", "100.0, 1 of 1", "–"],
        ["mean, all sources", "100.0", "", "75.0", "75.0"],
    ]


def test_one_kind_and_one_source_have_no_row_twice() -> None:
    parts = whole(a_source([0.9], print=[0.7]))
    result = find_result(Run("m", "d", "e", THRESHOLDS, Preset.BALANCED, 1), parts, rounds=2)

    assert [row[0] for row in kinds_at(pooled(result.sources), 0.5).texts] == ["bona fide", "print"]
    assert len(sources_at(result, 0.5).rows) == 1
