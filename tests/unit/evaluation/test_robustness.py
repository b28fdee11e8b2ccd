from dataclasses import replace

import pytest

from bonaface import Analyzer
from bonaface.evaluation.dataset import Label
from bonaface.evaluation.perturb import BoxChange, conditions
from bonaface.evaluation.robustness import Flips, draw_right, run_suite
from bonaface.evaluation.scoring import Scored, Scoring
from bonaface.imaging.picture import Picture
from support.models.scores import a_source


def _threshold(scoring: Scoring) -> float:
    """Between the classes of the set, whatever the model."""
    attacks = [one.score for one in scoring.scored if one.sample.label is Label.ATTACK]
    live = [one.score for one in scoring.scored if one.sample.label is Label.BONA_FIDE]
    return (max(attacks) + min(live)) / 2


@pytest.fixture(scope="module")
def flips(scoring: Scoring, analyzer: Analyzer) -> tuple[Flips, ...]:
    threshold = _threshold(scoring)
    return run_suite(analyzer, _drawn(scoring, threshold), threshold, 2)


def _drawn(scoring: Scoring, threshold: float) -> tuple[Scored, ...]:
    """One image of each source and class."""
    return draw_right(scoring.scored, threshold, 1, images=1)


def test_only_right_verdicts_are_drawn_and_evenly() -> None:
    scored = (*a_source([0.9] * 30 + [0.1] * 5, "a", print=[0.2] * 3), *a_source([0.9] * 2, "b", mask=[0.8]))
    drawn = draw_right(scored, 0.5, 1, images=10)

    assert [(one.sample.source, one.sample.label.value) for one in drawn] == (
        [("a", "attack")] * 3 + [("a", "bona_fide")] * 10 + [("b", "bona_fide")] * 2
    )
    assert all((one.score >= 0.5) == (one.sample.label is Label.BONA_FIDE) for one in drawn)


def test_every_condition_is_told_in_its_order(flips: tuple[Flips, ...]) -> None:
    suite = [(one.family, one.level) for one in conditions()]
    assert [(one.family, one.level) for one in flips][: len(suite)] == suite
    for one in flips[: len(suite)]:
        if one.count:
            assert one.flips.interval.low <= one.flips.value <= one.flips.interval.high
            assert 0 <= one.change <= 1


def test_box_changes_of_one_size_are_told_together(flips: tuple[Flips, ...]) -> None:
    together = {one.level: one for one in flips if one.family == "box, mean of all"}
    single = [
        one
        for one in flips
        if one.level in ("+10 %", "-10 %", "left 10 %", "right 10 %", "up 10 %", "down 10 %")
    ]

    assert list(together) == ["5 %", "10 %", "20 %"]
    assert {one.count for one in together.values()} == {24}
    assert together["10 %"].flips.value == pytest.approx(sum(one.flips.value for one in single) / 6)
    assert together["10 %"].change == pytest.approx(sum(one.change for one in single) / 6)


def test_faces_that_are_smaller_already_are_left_out(flips: tuple[Flips, ...], scoring: Scoring) -> None:
    counts = {one.level: one.count for one in flips if one.family == "face width"}
    assert counts["60 px"] == 4
    assert counts["400 px"] == 0
    (none,) = [one for one in flips if one.level == "400 px"]
    assert none.change != none.change


def test_a_change_is_scored_as_the_pipeline_scores_its_outcome(
    scoring: Scoring, analyzer: Analyzer, flips: tuple[Flips, ...]
) -> None:
    threshold = _threshold(scoring)
    right = _drawn(scoring, threshold)
    changes, flipped = [], 0
    for one in right:
        pixels, box = BoxChange(scale=1.2)(analyzer.decode(one.sample.path).decode(), one.face.box)
        score = analyzer.score(float(analyzer.log_odds(Picture.of(pixels), [box])[0]))
        changes.append(abs(score - one.score))
        flipped += (score >= threshold) != (one.score >= threshold)
    (found,) = [one for one in flips if (one.family, one.level) == ("box size", "+20 %")]

    assert found.change == pytest.approx(sum(changes) / 4)
    assert found.flips.value == pytest.approx(flipped / 4)


def test_a_threshold_far_away_lets_nothing_flip_and_one_on_the_other_side_everything(
    scoring: Scoring, analyzer: Analyzer
) -> None:
    live = [one for one in scoring.scored if one.sample.label is Label.BONA_FIDE][:2]
    ticks: list[None] = []
    safe = run_suite(analyzer, live, 0.0, 1, lambda: ticks.append(None))
    lost = run_suite(analyzer, [replace(live[0], score=1.0)], 1.1, 1)

    assert len(ticks) == 2
    assert {one.flips.value for one in safe if one.count} == {0.0}
    assert {one.bona_fide_refused for one in lost if one.count} == {1.0}
    assert all(one.attacks_accepted != one.attacks_accepted for one in lost)
