import numpy as np
import pytest

from bonaface.evaluation.bootstrap import Resampler, replicates
from bonaface.evaluation.metrics import Floats, ScoreSet
from bonaface.evaluation.percentiles import percentiles
from support.models.scores import random_set, score_set

FOUR = score_set([0.1, 0.2, 0.3], print=[0.4, 0.5, 0.6])


def _bpcer(scores: ScoreSet) -> Floats:
    return np.array([(scores.live < 0.0).mean()])


def test_images_are_drawn_within_their_class_where_no_subject_is_known() -> None:
    resampler = Resampler(FOUR, np.array([""] * 6))
    drawn = [resampler.draw(np.random.default_rng(seed)) for seed in range(30)]

    assert resampler.unit == "image"
    assert {(len(one.live), len(one.attacks)) for one in drawn} == {(3, 3)}
    assert len({tuple(one.values) for one in drawn}) > 20


def test_a_subject_comes_with_every_image() -> None:
    resampler = Resampler(FOUR, np.array(["a", "b", "", "a", "b", "b"]))
    partners = {0: {0, 3}, 3: {0, 3}, 1: {1, 4, 5}, 4: {1, 4, 5}, 5: {1, 4, 5}, 2: {2}}

    assert resampler.unit == "subject"
    for seed in range(30):
        rows, counts = np.unique(resampler.rows(np.random.default_rng(seed)), return_counts=True)
        times = dict(zip(rows.tolist(), counts.tolist(), strict=True))
        assert all(times.get(other) == count for row, count in times.items() for other in partners[row])


def test_one_subject_alone_cannot_be_resampled() -> None:
    assert Resampler(FOUR, np.array(["a"] * 5 + [""])).unit == "image"


def test_units_count_people_and_images() -> None:
    known = Resampler(FOUR, np.array(["a", "b", "", "a", "b", "b"]))
    assert known.units(FOUR.bona_fide) == 3
    assert known.units(~FOUR.bona_fide) == 2
    assert Resampler(FOUR, np.array([""] * 6)).units(~FOUR.bona_fide) == 3


def test_folds_keep_a_subject_whole_and_lose_nobody() -> None:
    subjects = np.array(["a", "b", "", "a", "b", "b"])
    folds = Resampler(FOUR, subjects).folds(2, np.random.default_rng(1))
    owner = {int(row): place for place, fold in enumerate(folds) for row in fold}

    assert sorted(owner) == list(range(6))
    assert owner[0] == owner[3]
    assert owner[1] == owner[4] == owner[5]
    assert len(Resampler(FOUR, subjects).folds(5, np.random.default_rng(1))) == 3


def test_the_interval_of_a_share_is_that_of_the_binomial() -> None:
    scores = random_set(5, live=400, shift=0.5)
    drawn = replicates(Resampler(scores, np.array([""] * len(scores.values))), _bpcer, 800, seed=1)
    rate = float(_bpcer(scores)[0])
    found, spread = percentiles(drawn[:, 0]), 1.96 * (rate * (1 - rate) / 400) ** 0.5

    assert found.low == pytest.approx(rate - spread, abs=0.012)
    assert found.high == pytest.approx(rate + spread, abs=0.012)


def test_copies_of_one_person_do_not_narrow_the_interval() -> None:
    person = random_set(5, live=40, attacks=2, shift=0.5)
    rows = np.repeat(np.arange(42), 10)
    copied, names = person.take(rows), np.array([f"p{row}" for row in rows])
    by_person = percentiles(replicates(Resampler(copied, names), _bpcer, 400, seed=1)[:, 0])
    by_image = percentiles(replicates(Resampler(copied, np.array([""] * 420)), _bpcer, 400, seed=1)[:, 0])

    assert by_person.high - by_person.low > 2.5 * (by_image.high - by_image.low)


def test_the_seed_decides() -> None:
    resampler = Resampler(FOUR, np.array([""] * 6))
    mean = [replicates(resampler, lambda one: np.array([one.values.mean()]), 20, seed) for seed in (1, 1, 2)]

    assert np.array_equal(mean[0], mean[1])
    assert not np.array_equal(mean[0], mean[2])
