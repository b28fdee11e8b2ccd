"""What a decision policy may be, and what it makes of scores."""

import pytest

from bonaface.errors import InvalidParameterError
from bonaface.policies.decision_policy import (
    MAX_NAME,
    RESERVED,
    Decision,
    DecisionPolicy,
    PoliciesInForce,
    UnknownPolicyError,
    check_thresholds,
    checked_name,
)

STAFF = DecisionPolicy("staff", 2, 0.25, 0.75)
PAY = DecisionPolicy("pay", 1, 0.5, 0.5)


@pytest.mark.parametrize(
    ("score", "decision"),
    [
        (0.0, Decision.REJECT),
        (0.2499, Decision.REJECT),
        (0.25, Decision.REVIEW),
        (0.7499, Decision.REVIEW),
        (0.75, Decision.ACCEPT),
        (1.0, Decision.ACCEPT),
        (float("nan"), Decision.REJECT),
    ],
)
def test_a_threshold_belongs_to_what_is_above_it(score: float, decision: Decision) -> None:
    assert STAFF.decide(score) is decision


def test_without_a_band_nothing_is_for_review() -> None:
    assert [PAY.decide(score) for score in (0.49, 0.5)] == [Decision.REJECT, Decision.ACCEPT]


@pytest.mark.parametrize("given", [(0, 0), (0, 1), (1, 1), (0.3, 0.3)])
def test_thresholds_in_order(given: tuple[float, float]) -> None:
    check_thresholds(*given)


@pytest.mark.parametrize("given", [(0.6, 0.5), (-0.1, 0.5), (0.5, 1.1), (float("nan"), 1), (0, float("nan"))])
def test_thresholds_that_decide_nothing_are_refused(given: tuple[float, float]) -> None:
    with pytest.raises(InvalidParameterError, match="rejectBelow"):
        check_thresholds(*given)


def test_a_name_is_as_of_an_application() -> None:
    assert [checked_name(name) for name in (" new customers ", "가입", "p" * MAX_NAME, "v1.2", "a?b")] == [
        "new customers",
        "가입",
        "p" * MAX_NAME,
        "v1.2",
        "a?b",
    ]


@pytest.mark.parametrize(
    "name", ["", " ", "p" * (MAX_NAME + 1), "a\nb", "a/b", "Strict", "\u202ea", *RESERVED]
)
def test_names_that_would_be_mistaken_are_refused(name: str) -> None:
    with pytest.raises(InvalidParameterError, match="name of 1 to 50"):
        checked_name(name)


def test_the_policy_is_the_one_named_else_the_applications_else_the_default() -> None:
    policies = {"staff": STAFF, "pay": PAY}
    found = PoliciesInForce(policies, {7: "pay", PoliciesInForce.EVERYONE: "staff"})
    assert [found.chosen(7, None), found.chosen(8, None), found.chosen(7, "staff")] == [PAY, STAFF, STAFF]
    assert PoliciesInForce(policies, {7: "pay"}).chosen(8, None) is None
    for unknown in ("Pay", "", "\x00"):
        with pytest.raises(UnknownPolicyError):
            found.chosen(7, unknown)
