"""Who waits how long."""

from dataclasses import replace

import pytest

from bonaface.usage.batch_delay import batch_delay
from bonaface.usage.types import Outcome
from support.storage.replies import reply


@pytest.mark.parametrize(
    ("outcome", "milliseconds", "seconds"),
    [
        (Outcome.FACES, 5, 0.002),
        (Outcome.FACES, 200, 0.01),
        (Outcome.FACES, 5000, 0.02),
        (Outcome.WRONG_KEYS, 1, 0.002),
        (Outcome.REFUSED_OVERLOAD, 1, 0.02),
    ],
)
def test_who_is_in_no_hurry_waits_longer(outcome: Outcome, milliseconds: int, seconds: float) -> None:
    given = replace(reply(), outcome=outcome, duration_ms=milliseconds)
    assert batch_delay(given, 0.002) == pytest.approx(seconds)
    assert batch_delay(given, 0) == 0
