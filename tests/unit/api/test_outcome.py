"""How a request may end."""

import pytest

from bonaface.api.outcome import Outcome
from bonaface.usage.types import ReplyLabel

OWN_STATUS = {Outcome.RATE, Outcome.QUOTA, Outcome.OVERLOAD, Outcome.STORAGE}


@pytest.mark.parametrize("outcome", Outcome)
def test_the_setting_changes_the_status_of_those_alone_that_the_guide_has(outcome: Outcome) -> None:
    assert outcome.http_status(real_status_codes=True) == outcome.status
    is_own = outcome in OWN_STATUS
    assert outcome.http_status(real_status_codes=False) == (outcome.status if is_own else 200)


@pytest.mark.parametrize("outcome", Outcome)
def test_what_the_ledger_counts_it_as_is_a_label_or_the_code(outcome: Outcome) -> None:
    assert outcome.label in {*ReplyLabel, outcome.metric}
    assert outcome.metric == str(outcome.code)


def test_every_label_of_the_ledger_is_that_of_an_outcome() -> None:
    assert {outcome.label for outcome in Outcome} >= set(ReplyLabel)


def test_success_and_fault() -> None:
    assert {each for each in Outcome if each.is_success} == {Outcome.FACES, Outcome.NO_FACE}
    assert {each for each in Outcome if each.is_fault} == {
        Outcome.OVERLOAD,
        Outcome.STORAGE,
        Outcome.INTERNAL,
    }
