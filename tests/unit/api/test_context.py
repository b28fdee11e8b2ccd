"""What is known of a request."""

import pytest

from bonaface.api.context import GONE, RequestContext, RequestSummary
from bonaface.api.outcome import Outcome


@pytest.mark.parametrize(
    ("status", "outcome", "is_success", "is_fault"),
    [
        (200, Outcome.FACES, True, False),
        (200, None, True, False),
        (304, None, True, False),
        (200, Outcome.INVALID_IMAGE, False, False),
        (404, Outcome.INVALID, False, False),
        (GONE, None, False, False),
        (200, Outcome.INTERNAL, False, True),
        (503, None, False, True),
    ],
)
def test_success_and_fault(status: int, outcome: Outcome | None, is_success: bool, is_fault: bool) -> None:
    summary = RequestSummary("abc", "127.0.0.1", "GET", "/", status, outcome, 0.1, None, None, ())
    assert (summary.is_success, summary.is_fault) == (is_success, is_fault)


def test_it_takes_nothing_that_it_has_no_name_for() -> None:
    with pytest.raises(AttributeError):
        setattr(RequestContext("abc"), "verdict", 1)  # noqa: B010 - for the type checker
