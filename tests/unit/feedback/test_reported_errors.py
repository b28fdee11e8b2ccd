"""Error rates of what was reported."""

from math import isnan
from typing import Any, cast

import pytest

from bonaface.feedback.reported_errors import (
    Decisions,
    ReportedCount,
    ReportedErrors,
    error_members,
    reported_errors,
)
from bonaface.policies.decision_policy import Decision


def count(attack_kind: str, decision: Decision, presentations: int, version: str = "1") -> ReportedCount:
    return ReportedCount("shop", "onboarding", version, attack_kind, decision, presentations, 1)


def test_of_each_version_by_kind() -> None:
    first, second = reported_errors(
        [
            count("replay", Decision.ACCEPT, 1, version="2"),
            count("", Decision.REJECT, 3),
            count("", Decision.ACCEPT, 90),
            count("", Decision.REVIEW, 7),
            count("", Decision.UNDECIDABLE, 50),
            count("print", Decision.REJECT, 20),
            count("mask", Decision.ACCEPT, 2),
            count("mask", Decision.REJECT, 6),
        ]
    )
    assert first.bona_fide == Decisions(accept=90, review=7, reject=3, undecidable=50)
    assert first.attacks == {"mask": Decisions(accept=2, reject=6), "print": Decisions(reject=20)}
    assert (first.bpcer.value, first.apcer("mask").value, first.worst_kind) == (0.03, 0.25, "mask")
    assert first.corrections == 7
    assert (second.version, second.attacks) == ("2", {"replay": Decisions(accept=1)})


def test_intervals_are_those_of_wilson() -> None:
    # Newcombe (1998), table I, method 3: 1 of 29
    (found,) = reported_errors([count("", Decision.REJECT, 1), count("", Decision.ACCEPT, 28)])
    interval = found.bpcer.interval
    assert [interval.low, interval.high] == pytest.approx([0.0061, 0.1718], abs=5e-5)


def test_where_nothing_was_decided_nothing_is_known() -> None:
    found = ReportedErrors("shop", "strict", "1", Decisions(), {"print": Decisions(undecidable=4)}, 0)
    assert isnan(found.bpcer.value)
    assert isnan(found.apcer("print").value)
    assert found.worst_kind is None


def test_of_nothing_there_is_nothing() -> None:
    assert reported_errors([]) == []


def test_as_json_with_what_is_not_known_as_null() -> None:
    attacks = {"print": Decisions(accept=1, reject=3)}
    told = error_members(ReportedErrors("shop", "strict", "1", Decisions(undecidable=2), attacks, 0))
    nothing = {"rate": None, "low": None, "high": None}
    assert told["bonaFide"] == {"accept": 0, "review": 0, "reject": 0, "undecidable": 2, "bpcer": nothing}
    (kind,) = cast("list[dict[str, Any]]", told["attacks"])
    assert (kind["attackKind"], kind["accept"], kind["apcer"]["rate"]) == ("print", 1, 0.25)
    assert told["worstKind"] == "print"
