from datetime import UTC, datetime, timedelta, timezone

import pytest

from bonaface.cli.time_arguments import parse_moment, parse_span
from bonaface.errors import InvalidParameterError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        (" 24h ", timedelta(hours=24)),
        ("90d", timedelta(days=90)),
        ("2w", timedelta(days=14)),
        ("0s", timedelta(0)),
    ],
)
def test_a_span_is_a_number_and_a_unit(text: str, span: timedelta) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize("text", ["", "5", "d", "-1d", "1.5h", "1y", "1 d", "٣d", "1d2h", "9" * 10 + "s"])
def test_any_other_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameterError, match=r"is not a span of time; write it as in 30s"):
        parse_span(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("90d", NOW + timedelta(days=90)),
        ("2030-01-31", datetime(2030, 1, 31, tzinfo=UTC)),
        (" 2030-01-31T12:00 ", datetime(2030, 1, 31, 12, tzinfo=UTC)),
        ("2030-01-31 12:00:01", datetime(2030, 1, 31, 12, 0, 1, tzinfo=UTC)),
        ("2030-01-31T12:00:00Z", datetime(2030, 1, 31, 12, tzinfo=UTC)),
        ("2030-01-31T12:00:00+09:00", datetime(2030, 1, 31, 12, tzinfo=timezone(timedelta(hours=9)))),
    ],
)
def test_a_moment_is_a_span_from_now_a_date_or_a_time(text: str, moment: datetime) -> None:
    assert parse_moment(text, NOW) == moment


@pytest.mark.parametrize("text", ["", "tomorrow", "2030-02-30", "2030-13-01", "12:00", "1y", "31.1.2030"])
def test_any_other_moment_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameterError, match=r"is not a time; write it as in 2030-01-31"):
        parse_moment(text, NOW)


@pytest.mark.parametrize("text", ["9999999d", "99999999w", "999999999w"])
def test_a_span_past_the_last_year_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameterError, match="before the year 10000"):
        parse_moment(text, NOW)
