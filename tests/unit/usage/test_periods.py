from datetime import UTC, datetime, timedelta, timezone

from bonaface.usage.periods import Period, begin_of, next_month


def test_a_period_begins_in_utc() -> None:
    seoul = datetime(2026, 3, 1, 3, 59, 59, 1, tzinfo=timezone(timedelta(hours=9)))
    assert begin_of(Period.HOUR, seoul) == datetime(2026, 2, 28, 18, tzinfo=UTC)
    assert begin_of(Period.DAY, seoul) == datetime(2026, 2, 28, tzinfo=UTC)
    assert begin_of(Period.MONTH, seoul) == datetime(2026, 2, 1, tzinfo=UTC)
    assert next_month(seoul) == datetime(2026, 3, 1, tzinfo=UTC)
    assert next_month(datetime(2026, 12, 31, 23, tzinfo=UTC)) == datetime(2027, 1, 1, tzinfo=UTC)
