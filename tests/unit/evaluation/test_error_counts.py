from math import isnan

import pytest

from bonaface.evaluation.error_counts import ErrorCount, accepted, refused, worst_kind
from bonaface.evaluation.metrics import operating
from bonaface.interval import share
from support.models.scores import random_set, score_set


def test_errors_at_a_threshold() -> None:
    scores = score_set([0.1, 0.5, 0.9], mask=[0.5, 0.2], print=[0.6, 0.7, 0.1])

    assert refused(scores, 0.5) == ErrorCount(1, 3)
    assert accepted(scores, 0.5) == {"mask": ErrorCount(1, 2), "print": ErrorCount(2, 3)}
    assert worst_kind(scores, 0.5) == ("print", ErrorCount(2, 3))


def test_of_two_kinds_that_are_as_bad_the_first_by_name() -> None:
    assert worst_kind(score_set([], replay=[0.9], mask=[0.9]), 0.5)[0] == "mask"


def test_without_presentations() -> None:
    kind, count = worst_kind(score_set([0.1]), 0.5)
    assert (kind, count) == ("", ErrorCount(0, 0))
    assert isnan(count.rate)
    assert ErrorCount(8, 50).figure == share(8, 50)


@pytest.mark.parametrize("threshold", [-2.0, 0.0, 0.7])
def test_rates_are_those_of_the_operating_point(threshold: float) -> None:
    scores = random_set(3)
    at = operating(scores, threshold)

    assert refused(scores, threshold).rate == pytest.approx(at.bpcer)
    assert worst_kind(scores, threshold)[1].rate == pytest.approx(at.apcer)
