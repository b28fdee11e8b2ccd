"""Bins of scores, and what is expected in them."""

import pytest
from pydantic import ValidationError

from bonaface.models.catalog import load_catalog
from bonaface.models.score_reference import ScoreReference

EDGES = tuple(step / 10 for step in range(1, 10))
EVEN = (0.1,) * 10
LAST = (*(0.0,) * 9, 1.0)


def test_a_score_is_in_the_bin_above_its_edge() -> None:
    reference = ScoreReference(edges=EDGES, bona_fide=LAST, attack=EVEN)
    assert [reference.bin_of(score) for score in (0, 0.05, 0.1, 0.55, 0.9, 1)] == [0, 0, 1, 5, 9, 9]


def test_what_is_expected_is_mixed_of_both_classes() -> None:
    reference = ScoreReference(edges=EDGES, bona_fide=LAST, attack=EVEN)
    assert reference.expected(0) == list(LAST)
    assert reference.expected(0.5) == pytest.approx([0.05] * 9 + [0.55])
    assert reference.expected(1) == list(EVEN)


@pytest.mark.parametrize(
    "wrong",
    [
        {"edges": EDGES[::-1]},
        {"edges": EDGES[1:]},
        {"bona_fide": (0.2,) * 10},
        {"attack": (*EVEN[1:], 1.1)},
        {"more": 1},
    ],
)
def test_one_that_does_not_hold_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ScoreReference.model_validate({"edges": EDGES, "bona_fide": LAST, "attack": EVEN} | wrong)


def test_the_shipped_model_has_one_and_it_is_no_part_of_the_policy() -> None:
    calibration = load_catalog().pad("bonaface-pad").calibration
    assert calibration.reference is not None
    assert calibration.model_copy(update={"reference": None}).policy == calibration.policy
