from datetime import UTC, datetime, timedelta, timezone

import pytest

from bonaface.accounts.expiry import checked_expiry, has_expired
from bonaface.errors import InvalidParameterError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SEOUL = timezone(timedelta(hours=9))
SOON = NOW + timedelta(microseconds=1)


@pytest.mark.parametrize("given", [SOON, SOON.astimezone(SEOUL), datetime.max.replace(tzinfo=UTC)])
def test_a_moment_to_come_is_taken_in_utc(given: datetime) -> None:
    checked = checked_expiry(given, NOW)

    assert checked == given
    assert checked is not None
    assert checked.tzinfo is UTC


def test_never_is_taken() -> None:
    assert checked_expiry(None, NOW) is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (NOW, "Give an expiry in the future."),
        (NOW.astimezone(SEOUL), "Give an expiry in the future."),
        (datetime.min.replace(tzinfo=UTC), "Give an expiry in the future."),
        (SOON.replace(tzinfo=None), "Give the expiry with its offset from UTC, as in 2030-01-31T00:00:00Z."),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))), "Give an expiry before the year 10000."),
    ],
)
def test_any_other_is_refused_in_a_sentence(given: datetime, sentence: str) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        checked_expiry(given, NOW)
    assert str(caught.value) == sentence


def test_it_has_expired_from_the_very_moment_on() -> None:
    assert not has_expired(SOON, NOW)
    assert has_expired(NOW, NOW)
    assert has_expired(NOW, SOON)
    assert not has_expired(None, NOW)
