from dataclasses import replace

import numpy as np
import pytest

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.dataset import Label
from bonaface.evaluation.scoring import Unscored
from bonaface.evaluation.sources import CROP, MEASURE, by_source, from_samples, of_kinds
from support.models.scores import a_sample, a_source, whole


def test_counts_tell_apart_what_was_scored_what_had_no_face_and_what_could_not_be_read() -> None:
    live, attack = a_sample(Label.BONA_FIDE, "b"), a_sample(Label.ATTACK, "b", "mask")
    failed = [Unscored(live, True, ""), Unscored(attack, True, ""), Unscored(attack, False, "")]
    first, second = by_source(
        whole(a_source([0.9], "b", mask=[0.1, 0.2, 0.3]), a_source([0.8], "a", replay=[0.4]), failed=failed),
        lambda one: one.score,
    )

    assert (first.name, second.name) == ("a", "b")
    assert (second.counts.bona_fide, second.counts.attacks) == (1, {"mask": 3})
    assert second.counts.total == {"": 2, "mask": 4}
    assert second.counts.no_face == {"": 1, "mask": 1}
    assert second.counts.unreadable == 1
    assert first.counts.no_face == {}


def test_a_source_of_which_nothing_could_be_read() -> None:
    failed = [Unscored(a_sample(Label.ATTACK, "x"), False, "")]
    (found,) = by_source(whole(failed=failed), lambda one: one.score)

    assert len(found.scores.values) == 0


def test_the_value_is_the_one_asked_for() -> None:
    whole_of = whole(a_source([0.75], print=[0.5]))
    (by_log_odds,) = by_source(whole_of, lambda one: one.log_odds)
    (by_score,) = by_source(whole_of, lambda one: one.score)
    np.testing.assert_allclose(by_log_odds.scores.values, [np.log(3), 0])
    assert by_score.scores.values.tolist() == [0.75, 0.5]
    assert by_score.scores.kinds.tolist() == ["", "print"]


def test_of_measure_sources_a_single_one_may_not_move_a_threshold() -> None:
    samples = [replace(a_sample(Label.BONA_FIDE), use=use, source=use, log_odds=1.0) for use in ("", MEASURE)]
    assert [one.scores.capped for one in from_samples(samples)] == [True, False]
    cut = [replace(one, scene=scene, source=scene) for one in samples[:1] for scene in (CROP, "full")]
    assert [one.scores.capped for one in from_samples(cut)] == [False, True]


def test_scores_of_a_manifest_are_taken_as_they_are() -> None:
    live, attack = a_sample(Label.BONA_FIDE), a_sample(Label.ATTACK)
    samples = [replace(live, log_odds=2.5), replace(attack, log_odds=-1.0), attack]
    (found,) = from_samples(samples)

    assert found.scores.values.tolist() == [2.5, -1.0]
    assert found.counts.no_face == {"print": 1}


def test_kinds_of_attack_may_be_chosen() -> None:
    sources = by_source(whole(a_source([0.9, 0.8], print=[0.1], mask=[0.3, 0.4])), lambda one: one.score)
    (chosen,) = of_kinds(sources, ["mask"])

    assert chosen.scores.values.tolist() == [0.9, 0.8, 0.3, 0.4]
    assert len(chosen.resampler.draw(np.random.default_rng(1)).values) == 4
    with pytest.raises(InvalidParameterError, match="No attack is a replay; the kinds are mask, print"):
        of_kinds(sources, ["replay"])
