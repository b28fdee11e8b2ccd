"""Who waits how long."""

from dataclasses import replace

import pytest

from bonaface.usage.batch_delay import batch_delay
from bonaface.usage.types import ReplyLabel
from support.storage.replies import reply


@pytest.mark.parametrize(
    ("outcome", "milliseconds", "seconds"),
    [
        (ReplyLabel.FACES, 5, 0.002),
        (ReplyLabel.FACES, 200, 0.01),
        (ReplyLabel.FACES, 5000, 0.02),
        (ReplyLabel.WRONG_KEYS, 1, 0.002),
        (ReplyLabel.REFUSED_OVERLOAD, 1, 0.02),
    ],
)
def test_who_is_in_no_hurry_waits_longer(outcome: ReplyLabel, milliseconds: int, seconds: float) -> None:
    given = replace(reply(), outcome=outcome, duration_ms=milliseconds)
    assert batch_delay(given, 0.002) == pytest.approx(seconds)
    assert batch_delay(given, 0) == 0
