from collections.abc import Sequence
from dataclasses import replace
from math import isnan

import orjson
import pytest

from bonaface.evaluation.comparison import Comparison, compare
from bonaface.evaluation.other_run import OtherRun, read_other_run
from bonaface.evaluation.result import EvaluationResult, Run, find_result
from bonaface.evaluation.scores_file import KnownScore
from bonaface.evaluation.scoring import Scored
from bonaface.interval import Interval
from bonaface.types import Preset
from support.models.scores import a_source, random_source, whole

THRESHOLDS = {Preset.WEAK: 0.2, Preset.BALANCED: 0.5, Preset.STRICT: 0.8}
RUN = Run("m", "d", "e", THRESHOLDS, Preset.BALANCED, 1)


def named(parts: Sequence[Scored]) -> tuple[Scored, ...]:
    """Each image under a path of its own."""
    return tuple(
        replace(one, sample=replace(one.sample, name=f"{one.sample.source}/{place}.jpg"))
        for place, one in enumerate(parts)
    )


def result_of(*parts: tuple[Scored, ...]) -> EvaluationResult:
    return find_result(RUN, whole(*map(named, parts)), rounds=3)


def other_of(result: EvaluationResult, shift: float = 0.0) -> OtherRun:
    """The same images with every score so much higher."""
    scores = {
        one.sample.name: KnownScore(one.sample.label.value, min(1.0, round(one.score, 8) + shift))
        for one in result.scoring.scored
    }
    return OtherRun("old", scores, THRESHOLDS)


def _changes(found: Comparison) -> dict[str, tuple[float, Interval]]:
    return {one.name: (one.change.value, one.change.interval) for one in found.mean.differences}


def test_a_run_beside_itself_differs_in_nothing() -> None:
    result = result_of(random_source(1, "a"), random_source(2, "b"))
    found = compare(result, other_of(result), rounds=20)

    assert set(_changes(found).values()) == {(0.0, Interval(0.0, 0.0))}
    assert (found.mean.better, found.mean.worse, found.mean.images) == (0, 0, 120)
    assert found.notes == ()


def test_figures_of_both_and_what_changed() -> None:
    result = result_of(a_source([0.9, 0.6, 0.4, 0.3], print=[0.1, 0.55]))
    found = compare(result, other_of(result, shift=0.15), rounds=50)
    by_name = {one.name: one for one in found.mean.differences}

    assert (by_name["balanced.bpcer"].here, by_name["balanced.bpcer"].there) == (0.5, 0.25)
    assert by_name["balanced.bpcer"].change.value == 0.25
    assert by_name["balanced.apcer"].change.value == 0.0
    assert by_name["auc"].change.value == 0.0
    assert (found.mean.better, found.mean.worse) == (0, 1)
    assert found.mean.name == "cam"


def test_intervals_are_paired_and_repeat_with_the_seed() -> None:
    result = result_of(random_source(1, "a", live=60, attacks=60))
    other = other_of(result, shift=0.02)
    first, again = compare(result, other, rounds=200), compare(result, other, rounds=200)
    low, high = (getattr(_changes(first)["balanced.bpcer"][1], end) for end in ("low", "high"))
    own = next(iter(find_result(RUN, result.scoring, rounds=200).figures)).by_name["balanced.bpcer"].interval

    assert _changes(first) == _changes(again)
    assert high - low < (own.high - own.low) / 2


def test_the_mean_weighs_sources_the_same_and_passes_over_what_they_lack() -> None:
    result = result_of(a_source([0.9, 0.4], "a", print=[0.1]), a_source([0.9] * 9, "b"))
    found = compare(result, other_of(result, shift=0.2), rounds=5)
    changes = _changes(found)

    assert [one.name for one in found.sources] == ["a", "b"]
    assert changes["balanced.bpcer"][0] == 0.25
    assert isnan({one.name: one for one in found.sources[1].differences}["eer"].here)
    assert changes["eer"][0] == 0.0
    assert found.mean.name == "mean, all sources"
    assert orjson.loads(orjson.dumps(found.as_dict))["sources"][1]["differences"][0]["here"] is None


def test_another_preset_has_neither_eer_nor_auc() -> None:
    result = result_of(a_source([0.9, 0.6], print=[0.1, 0.55]))
    found = compare(result, read_other_run("strict", result), rounds=5)

    assert [one.name for one in found.mean.differences] == [
        f"balanced.{x}" for x in ("apcer", "bpcer", "acer")
    ]
    assert [one.change.value for one in found.mean.differences] == [0.5, -0.5, 0.0]
    assert (found.mean.better, found.mean.worse) == (1, 1)


def test_images_of_one_run_alone_and_other_labels_are_told() -> None:
    result = result_of(a_source([0.9, 0.6], print=[0.1]))
    other = other_of(result)
    scores = {**other.scores, "cam/1.jpg": KnownScore("attack", 0.6), "x.jpg": KnownScore("attack", 0.1)}
    del scores["cam/0.jpg"]
    found = compare(result, replace(other, scores=scores), rounds=5)

    assert found.apart == 2
    assert found.notes == (
        "2 images were scored by one of the runs alone and are left out.",
        "1 images have another label in old; the labels of this run count.",
    )


def test_nothing_in_common_is_a_note() -> None:
    result = result_of(a_source([0.9], print=[0.1]))
    other = OtherRun("old", {"x.jpg": KnownScore("attack", 0.1)}, THRESHOLDS)
    found = compare(result, other, rounds=5)

    assert (found.sources, found.mean.differences) == ((), ())
    assert found.notes[-1] == "No image of old has the path of one that was scored here."


@pytest.mark.parametrize("score", [0.5, 0.49999999])
def test_the_threshold_itself_passes(score: float) -> None:
    result = result_of(a_source([score], print=[0.1]))
    found = compare(result, other_of(result), rounds=2)
    assert {one.name: one.here for one in found.mean.differences}["balanced.bpcer"] == float(score < 0.5)
