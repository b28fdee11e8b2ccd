import numpy as np

from bonaface.evaluation.dataset import Label
from bonaface.evaluation.scoring import Unscored
from bonaface.evaluation.sources import by_source, score_set
from support.scores import a_sample, a_source, whole


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
    assert (second.counts.non_response(attack=False), second.counts.non_response(attack=True)) == (0.5, 0.25)
    assert first.counts.no_face == {}
    assert first.counts.non_response(attack=True) == 0.0


def test_a_source_of_which_nothing_could_be_read() -> None:
    failed = [Unscored(a_sample(Label.ATTACK, "x"), False, "")]
    (found,) = by_source(whole(failed=failed), lambda one: one.score)

    assert len(found.scores.values) == 0
    assert np.isnan(found.counts.non_response(attack=True))


def test_the_value_is_the_one_asked_for() -> None:
    scored = a_source([0.75], print=[0.5])
    np.testing.assert_allclose(score_set(scored, lambda one: one.log_odds).values, [np.log(3), 0])
    assert score_set(scored, lambda one: one.score).values.tolist() == [0.75, 0.5]
    assert score_set(scored, lambda one: one.score).kinds.tolist() == ["", "print"]
