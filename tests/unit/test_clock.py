from datetime import UTC

from bonaface.clock import utc_now


def test_the_time_is_aware_in_utc_and_goes_on() -> None:
    first, second = utc_now(), utc_now()

    assert first.tzinfo is UTC
    assert first <= second
