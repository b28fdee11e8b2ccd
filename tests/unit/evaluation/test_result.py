import orjson
import pytest

from bonaface.evaluation.dataset import Label
from bonaface.evaluation.result import EvaluationResult, Run, as_dict, find_result
from bonaface.evaluation.scoring import Scored, Unscored
from bonaface.types import Preset
from support.models.scores import a_sample, a_source, random_source, whole

THRESHOLDS = {Preset.WEAK: 0.2, Preset.BALANCED: 0.5, Preset.STRICT: 0.8}
RUN = Run("some-model", "some-detector", "some engine", THRESHOLDS, Preset.BALANCED, 1)


def _result(*parts: tuple[Scored, ...], failed: tuple[Unscored, ...] = ()) -> EvaluationResult:
    return find_result(RUN, whole(*parts, failed=failed), rounds=20)


def test_a_whole_result() -> None:
    result = _result(random_source(1, "a"), random_source(2, "b"))

    assert [one.name for one in result.figures] == ["a", "b"]
    assert [one.name for one in result.means] == ["all sources"]
    assert sum(band.faces for band in result.skin) == 60
    assert result.notes == ()


def test_what_cannot_be_told_is_said() -> None:
    failed = (Unscored(a_sample(Label.ATTACK, "empty"), True, "No face was found."),)
    several = _result(a_source([0.9], "live"), a_source([], "spoof", print=[0.1]), failed=failed)

    assert several.notes == (
        "No face of empty could be scored.",
        "live has no attacks; figures that need both classes are left out.",
        "spoof has no bona fide images; figures that need both classes are left out.",
    )
    assert "HTER needs a threshold from another one" in _result(random_source(1, "a")).notes[0]


def test_the_summary_is_json_without_paths_or_subjects() -> None:
    result = _result(random_source(1, "a"), a_source([0.9], "live"))
    text = orjson.dumps(as_dict(result)).decode()
    summary = orjson.loads(text)

    assert "/nowhere" not in text
    assert "p1" not in text
    assert summary["run"]["thresholds"] == {"weak": 0.2, "balanced": 0.5, "strict": 0.8}
    assert summary["images"] == {"scored": 61, "no_face": 0, "unreadable": 0}
    assert summary["sources"]["live"]["figures"]["eer"] == {"value": None, "low": None, "high": None}
    found = summary["sources"]["a"]["figures"]["eer"]
    assert 0 < found["low"] <= found["value"] <= found["high"] < 0.5
    assert summary["means"]["all sources"]["figures"]["eer"]["value"] == pytest.approx(found["value"])
    assert summary["sources"]["live"]["carried_threshold"] == pytest.approx(
        result.figures[1].carried, abs=1e-6
    )
    assert summary["sources"]["a"]["carried_threshold"] is None


def test_means_of_each_use_where_there_are_several() -> None:
    from dataclasses import replace

    def marked(seed: int, source: str, use: str) -> tuple[Scored, ...]:
        return tuple(
            replace(one, sample=replace(one.sample, use=use, scene="full"))
            for one in random_source(seed, source)
        )

    result = _result(marked(1, "a", "train"), marked(2, "b", "measure"), marked(3, "c", "measure"))
    means = {one.name: one.by_name["eer"].value for one in result.means}
    by_source = [one.by_name["eer"].value for one in result.figures]

    assert list(means) == ["all sources", "use measure", "use train"]
    assert [note for note in result.notes if "trained on images of a (use train)" in note]
    assert means["use train"] == by_source[0]
    assert means["use measure"] == pytest.approx((by_source[1] + by_source[2]) / 2)
