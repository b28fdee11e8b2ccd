"""What was answered, as it is told by hour, day and month."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from bonaface.accounts.repository import ApplicationRepository
from bonaface.storage.database import Database
from bonaface.usage.periods import Period, begin_of
from bonaface.usage.queries import CallerSums, UsageLine, UsageRepository, UsageRow
from bonaface.usage.types import Reply, ReplyLabel
from bonaface.usage.upserts import UsageWriter
from support.storage.accounts import ACTOR

NOON = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)
EVER = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))


def reply(
    at: datetime = NOON,
    outcome: str = ReplyLabel.FACES,
    application: int = 1,
    faces: tuple[int, int] = (1, 0),
    milliseconds: int = 10,
) -> Reply:
    return Reply(application, None, outcome, *faces, milliseconds, at)


@pytest.fixture
def usage(database: Database) -> UsageRepository:
    return UsageRepository(database)


def write(database: Database, *replies: Reply) -> None:
    with database.writing() as connection:
        UsageWriter(database.dialect).write(connection, replies)


def test_one_row_a_period_with_its_outcomes(database: Database, usage: UsageRepository) -> None:
    write(
        database,
        reply(faces=(2, 1), milliseconds=30),
        reply(milliseconds=50),
        reply(outcome="-40000", faces=(0, 0), milliseconds=1),
        reply(NOON + timedelta(hours=1), outcome=ReplyLabel.NO_FACE, faces=(0, 0)),
    )
    first = UsageRow(begin_of(Period.HOUR, NOON), 3, 3, 1, 81, 50, {"faces": 2, "-40000": 1})
    second = UsageRow(first.at + timedelta(hours=1), 1, 0, 0, 10, 10, {"no_face": 1})
    assert usage.usage(Period.HOUR, *EVER, 1) == [first, second]
    (day,) = usage.usage(Period.DAY, *EVER, 1)
    assert day == UsageRow(
        begin_of(Period.DAY, NOON), 4, 3, 1, 91, 50, {"faces": 2, "-40000": 1, "no_face": 1}
    )
    (month,) = usage.usage(Period.MONTH, *EVER, 1)
    assert month == UsageRow(datetime(2026, 1, 1, tzinfo=UTC), 4, 3, 1, 91, 50, day.outcomes)


@pytest.mark.parametrize("by", Period)
def test_all_callers_together_are_the_sum_of_each(
    database: Database, usage: UsageRepository, by: Period
) -> None:
    times = [NOON + timedelta(hours=17 * number) for number in range(60)]
    write(database, *(reply(at, application=number % 3) for number, at in enumerate(times)))
    summed: Counter[datetime] = Counter()
    for application in range(3):
        summed.update({row.at: row.requests for row in usage.usage(by, *EVER, application)})
    assert {row.at: row.requests for row in usage.usage(by, *EVER)} == summed
    assert sum(summed.values()) == 60


def test_periods_that_touch_the_range_are_told_whole(database: Database, usage: UsageRepository) -> None:
    write(database, *(reply(NOON + timedelta(days=days)) for days in (-1, 0, 1)))
    rows = usage.usage(Period.DAY, NOON, NOON + timedelta(hours=1), 1)
    assert [row.at for row in rows] == [begin_of(Period.DAY, NOON)]
    until_midnight = usage.usage(Period.DAY, NOON, datetime(2026, 2, 1, tzinfo=UTC), 1)
    assert [row.at.day for row in until_midnight] == [31]
    (january, february) = usage.usage(Period.MONTH, NOON, NOON + timedelta(days=2), 1)
    assert (january.requests, february.requests) == (2, 1)


def test_who_asked_most_often_comes_first(database: Database, usage: UsageRepository) -> None:
    repository = ApplicationRepository(database)
    one, two = (repository.create_application(name, actor=ACTOR)[0] for name in ("one", "two"))
    write(
        database,
        reply(application=one.id, faces=(1, 2)),
        *(reply(NOON + timedelta(hours=hour), application=two.id) for hour in range(3)),
        *(reply(application=0, outcome=ReplyLabel.WRONG_KEYS, faces=(0, 0)) for _ in range(2)),
        *(reply(NOON - timedelta(days=1), application=one.id) for _ in range(9)),
    )
    first = CallerSums(two.app_key, "two", 3, 3, 0)
    last = CallerSums(one.app_key, "one", 1, 1, 2)
    day = NOON + timedelta(minutes=1), NOON + timedelta(minutes=2)
    assert usage.top_callers(*day, 5) == [first, CallerSums(None, None, 2, 0, 0), last]
    assert usage.top_callers(*day, 1) == [first]
    assert usage.top_callers(*EVER, 1) == [CallerSums(one.app_key, "one", 10, 10, 2)]


def test_nothing_is_an_empty_list(usage: UsageRepository) -> None:
    assert [usage.usage(by, *EVER, application) for by in Period for application in (None, 1)] == [[]] * 6
    assert list(usage.lines(Period.HOUR, *EVER)) == []


def test_lines_name_the_application(
    database: Database, usage: UsageRepository, repository: ApplicationRepository
) -> None:
    made = repository.create_application("shop", actor=ACTOR)[0]
    write(database, reply(application=made.id), reply(application=0, outcome="-41005", faces=(0, 0)))
    for by in Period:
        at = begin_of(by, NOON)
        shop = UsageLine(at, made.app_key, "faces", 1, 1, 0, 10, 10)
        lines = list(usage.lines(by, *EVER))
        assert sorted(lines, key=lambda line: line.app_key) == [
            UsageLine(at, "", "-41005", 1, 0, 0, 10, 10),
            shop,
        ]
        assert list(usage.lines(by, *EVER, made.id)) == [shop]


def test_lines_of_all_are_the_sums_of_all(database: Database, usage: UsageRepository) -> None:
    write(database, *(reply(NOON + timedelta(hours=number), application=number) for number in range(50)))
    for by in Period:
        assert sum(line.requests for line in usage.lines(by, *EVER)) == 50


def test_lines_can_be_left_in_the_middle(database: Database, usage: UsageRepository) -> None:
    write(database, *(reply(NOON + timedelta(hours=number)) for number in range(30)))
    lines = usage.lines(Period.HOUR, *EVER)
    next(lines)
    lines.close()  # type: ignore[attr-defined]
    write(database, reply())


def test_the_month_counts_what_was_served(database: Database, usage: UsageRepository) -> None:
    refused = (
        ReplyLabel.REFUSED_OVERLOAD,
        ReplyLabel.REFUSED_QUOTA,
        ReplyLabel.REFUSED_RATE,
        ReplyLabel.WRONG_KEYS,
    )
    write(
        database,
        *(reply(outcome=outcome, faces=(0, 0)) for outcome in (*refused, "-40000", "-50000", "no_face")),
        reply(),
        reply(NOON + timedelta(days=1)),
        reply(NOON - timedelta(days=31)),
        reply(application=2),
    )
    assert usage.used_this_month(1, NOON) == 4
    assert usage.used_this_month(1, NOON + timedelta(days=1)) == 1
    assert usage.used_this_month(1) == usage.used_this_month(3, NOON) == 0
