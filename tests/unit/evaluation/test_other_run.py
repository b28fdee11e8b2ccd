from pathlib import Path

import pytest

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.other_run import check_other_run, read_other_run
from bonaface.evaluation.report import write_evaluation
from bonaface.evaluation.result import EvaluationResult, Run, find_result
from bonaface.types import Preset
from support.models.scores import a_source, whole

THRESHOLDS = {Preset.WEAK: 0.2, Preset.BALANCED: 0.5, Preset.STRICT: 0.8}
OTHERS = {Preset.WEAK: 0.1, Preset.BALANCED: 0.4, Preset.STRICT: 0.7}


def _result(thresholds: dict[Preset, float], live: float) -> EvaluationResult:
    run = Run("some-model", "some-detector", "some engine", thresholds, Preset.BALANCED, 1)
    return find_result(run, whole(a_source([live], print=[0.1])), rounds=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("other") / "old"
    write_evaluation(_result(OTHERS, 0.9), folder)
    return folder


@pytest.mark.parametrize("file", ["", "scores.csv"])
def test_a_report_brings_its_scores_and_thresholds(folder: Path, file: str) -> None:
    found = read_other_run(str(folder / file), _result(THRESHOLDS, 0.6))

    assert found.thresholds == OTHERS
    assert found.scores["cam/bona_fide.jpg"].score == 0.9
    assert found.name == (file or "old")
    assert "of some-model, with the thresholds of its own presets" in found.notes[0]


def test_scores_alone_are_judged_by_this_run(folder: Path, tmp_path: Path) -> None:
    alone = tmp_path / "mine.csv"
    alone.write_bytes((folder / "scores.csv").read_bytes())
    found = read_other_run(str(alone), _result(THRESHOLDS, 0.6))

    assert found.thresholds == THRESHOLDS
    assert found.notes == ("mine.csv tells no thresholds; those of this run are applied to its scores.",)


def test_another_preset_has_the_same_scores() -> None:
    found = read_other_run("strict", _result(THRESHOLDS, 0.6))

    assert found.same_scores
    assert found.thresholds == {Preset.BALANCED: 0.8}
    assert found.scores["cam/bona_fide.jpg"].score == 0.6


@pytest.mark.parametrize(
    ("target", "sentence"),
    [("balanced", "is the default preset"), ("nowhere", "neither a report's folder, nor a scores.csv")],
)
def test_what_cannot_be_compared_with(target: str, sentence: str) -> None:
    with pytest.raises(InvalidParameterError, match=sentence):
        check_other_run(target, Preset.BALANCED)


def test_a_summary_of_something_else(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "scores.csv").write_bytes((folder / "scores.csv").read_bytes())
    (tmp_path / "summary.json").write_text("{}", "utf-8")
    with pytest.raises(InvalidParameterError, match="is not a summary"):
        check_other_run(str(tmp_path), Preset.BALANCED)
